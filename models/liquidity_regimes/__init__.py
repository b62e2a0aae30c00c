"""Regimes of price impact that market depth drives (Meldrum & Sokolinskiy 2025)."""

from models.liquidity_regimes.model import liquidity_regimes_model

__all__ = ["liquidity_regimes_model"]
