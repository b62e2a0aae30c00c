"""Liquidity measures of cleaned transactions."""
