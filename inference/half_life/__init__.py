"""Fits of the basis decomposition and of half-lives."""

from inference.half_life.prepare import fit_half_life, prepare_half_life

__all__ = ["fit_half_life", "prepare_half_life"]
