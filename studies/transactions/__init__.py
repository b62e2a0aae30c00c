"""Simulation studies of the cleaning of transactions."""
