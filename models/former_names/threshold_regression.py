"""Former place of `models.liquidity_regimes.threshold_regression`."""

from models.liquidity_regimes.threshold_regression import threshold_regression_model

__all__ = ["threshold_regression_model"]
