"""Simulation studies of the price-pressure model."""
