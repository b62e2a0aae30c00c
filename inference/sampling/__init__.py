"""Draws from the posterior of any model, from compiling it to its highest point."""

from inference.sampling.draws import (
    SAMPLE_DIMS,
    SAMPLE_STATISTICS,
    SIMULATION_BACKEND,
    common_statistics,
    draw_predictive,
    draw_prior,
    sample_compiled,
    sample_posterior,
    thin_evenly,
)

__all__ = [
    "SAMPLE_DIMS",
    "SAMPLE_STATISTICS",
    "SIMULATION_BACKEND",
    "common_statistics",
    "draw_predictive",
    "draw_prior",
    "sample_compiled",
    "sample_posterior",
    "thin_evenly",
]
