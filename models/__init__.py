"""Models of Treasury market liquidity: functions from checked data to `pm.Model`."""

from models.basis_decomposition import (
    BasisDecompositionPriors,
    basis_decomposition_model,
)
from models.basis_simulation import simulate_basis
from models.half_life import half_life_model
from models.half_life_simulation import simulate_half_life_events
from models.half_life_specification import (
    HalfLifePriors,
    HalfLifeSpecification,
    LinearHalfLifePriors,
)
from models.liquidity_regimes import liquidity_regimes_model
from models.liquidity_regimes_priors import LiquidityRegimesPriors
from models.liquidity_regimes_simulation import simulate_liquidity_regimes
from models.liquidity_regimes_specification import LiquidityRegimesSpecification
from models.price_pressure import (
    SAMPLED_DECAY,
    PricePressurePriors,
    price_pressure_model,
)
from models.price_pressure_simulation import simulate_price_pressure
from models.price_pressure_variants import VARIANTS, OrderFlowTerm, Variant
from models.threshold_regression import (
    ThresholdRegressionPriors,
    threshold_regression_model,
)

__all__ = [
    "SAMPLED_DECAY",
    "VARIANTS",
    "BasisDecompositionPriors",
    "HalfLifePriors",
    "HalfLifeSpecification",
    "LinearHalfLifePriors",
    "LiquidityRegimesPriors",
    "LiquidityRegimesSpecification",
    "OrderFlowTerm",
    "PricePressurePriors",
    "ThresholdRegressionPriors",
    "Variant",
    "basis_decomposition_model",
    "half_life_model",
    "liquidity_regimes_model",
    "price_pressure_model",
    "simulate_basis",
    "simulate_half_life_events",
    "simulate_liquidity_regimes",
    "simulate_price_pressure",
    "threshold_regression_model",
]
