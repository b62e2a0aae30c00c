"""What it costs to trade an off-the-run Treasury: curve, fair value, costs."""

from data.market.kernel_ridge.curve import duration_weights, kernel_ridge_curve

__all__ = ["duration_weights", "kernel_ridge_curve"]
