"""Simulation studies of the liquidity regimes."""
