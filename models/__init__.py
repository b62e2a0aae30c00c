"""Models of Treasury market liquidity: functions from checked data to `pm.Model`."""

from models.price_pressure import (
    SAMPLED_DECAY,
    PricePressurePriors,
    price_pressure_model,
)
from models.price_pressure_simulation import simulate_price_pressure
from models.price_pressure_variants import VARIANTS, OrderFlowTerm, Variant

__all__ = [
    "SAMPLED_DECAY",
    "VARIANTS",
    "OrderFlowTerm",
    "PricePressurePriors",
    "Variant",
    "price_pressure_model",
    "simulate_price_pressure",
]
