"""How the passes of the likelihoods become machine code."""
