"""Simulation studies of the basis decomposition and of half-lives."""
