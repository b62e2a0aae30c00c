"""Former place of `models.half_life.basis_decomposition`."""

from models.half_life.basis_decomposition import basis_decomposition_model

__all__ = ["basis_decomposition_model"]
