"""Fits of the price-pressure model."""

from inference.price_pressure.prepare import prepare_price_pressure

__all__ = ["prepare_price_pressure"]
