"""Basis, deviations, events and the half-lives that follow them."""

from data.half_life.rule import half_lives

__all__ = ["half_lives"]
