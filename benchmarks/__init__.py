"""Speed of the workbench's likelihoods and posteriors beside their peers."""
