"""Fits of the liquidity regimes and of the threshold regression."""

from inference.liquidity_regimes.prepare import prepare_liquidity_regimes

__all__ = ["prepare_liquidity_regimes"]
