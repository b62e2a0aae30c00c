"""The liquidity regimes beside their peers."""
