"""Speed of the workbench's likelihoods and posteriors beside their peers."""

# First: a signal while the rest is imported ends a command with one line.
import data.commands.starting  # noqa: F401
