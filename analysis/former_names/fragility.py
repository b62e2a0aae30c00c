"""Former place of `analysis.liquidity_regimes.fragility`."""

from analysis.liquidity_regimes.fragility import fragility

__all__ = ["fragility"]
