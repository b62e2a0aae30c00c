"""Models of Treasury market liquidity: functions from checked data to `pm.Model`.

Priors of a model stand beside it, in the folder of its family.
"""

# First: a signal while the rest is imported ends a command with one line.
import data.commands.starting  # noqa: F401

# Then: it finds PyTensor a place before anything imports PyTensor.
import models.likelihoods.compiled.disk_cache  # noqa: F401
from models.half_life.basis_decomposition import basis_decomposition_model
from models.half_life.basis_simulation import simulate_basis
from models.half_life.joint_decay import joint_decay_model
from models.half_life.model import half_life_model
from models.half_life.simulation import simulate_half_life_events
from models.half_life.specification import HalfLifeSpecification
from models.liquidity_regimes.model import liquidity_regimes_model
from models.liquidity_regimes.simulation import simulate_liquidity_regimes
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from models.liquidity_regimes.threshold_regression import threshold_regression_model
from models.price_pressure.model import (
    SAMPLED_DECAY,
    PricePressurePriors,
    price_pressure_model,
)
from models.price_pressure.simulation import simulate_price_pressure
from models.price_pressure.variants import VARIANTS

__all__ = [
    "SAMPLED_DECAY",
    "VARIANTS",
    "HalfLifeSpecification",
    "LiquidityRegimesSpecification",
    "PricePressurePriors",
    "basis_decomposition_model",
    "half_life_model",
    "joint_decay_model",
    "liquidity_regimes_model",
    "price_pressure_model",
    "simulate_basis",
    "simulate_half_life_events",
    "simulate_liquidity_regimes",
    "simulate_price_pressure",
    "threshold_regression_model",
]

__path__ = [*__path__, f"{__path__[0]}/former_names"]
