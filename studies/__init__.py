"""Simulation studies of the models: do intervals cover, are ranks uniform.

Run as ``python -m studies``; what they found is in ``studies/results``.
"""
