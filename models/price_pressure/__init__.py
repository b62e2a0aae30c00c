"""Price pressure of dealer inventory on Treasury yields (Mixon & Tuzun 2018)."""

from models.price_pressure.model import (
    SAMPLED_DECAY,
    PricePressurePriors,
    price_pressure_model,
)

__all__ = ["SAMPLED_DECAY", "PricePressurePriors", "price_pressure_model"]
