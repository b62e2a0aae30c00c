"""Simulation studies of the models: do intervals cover, are ranks uniform.

Run as ``python -m studies``; what they found is in ``studies/results``.
"""

# First: a signal while the rest is imported ends a command with one line.
import data.commands.starting  # noqa: F401
