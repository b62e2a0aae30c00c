"""Terms of the observation and the transition that every price-pressure model has.

Symbols and equations as in `models.price_pressure.model`.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pymc as pm
from numpy.typing import ArrayLike, NDArray

from data.dims import INVENTORY_MARKET, ORDER_FLOW_TERM, TENOR
from data.price_pressure.columns import FACTORS
from data.price_pressure.factor_exposures import DECAY_PER_MONTH
from data.price_pressure.frequency import Frequency
from models.price_pressure.inputs import PricePressureInputs
from models.price_pressure.nelson_siegel import nelson_siegel_loadings
from models.price_pressure.variants import Variant, order_flow_columns
from models.priors import LogNormalPrior, log_normal


def rough_factor_mean(
    yield_bp: ArrayLike, tenor_months: ArrayLike
) -> NDArray[np.float64]:
    """Factors that fit the average curve best, at the paper's decay.

    Parameters
    ----------
    yield_bp : (week, tenor) array_like
        NaN where not quoted.
    tenor_months : (tenor,) array_like

    Returns
    -------
    (factor,) float
        Basis points.
    """
    average = np.nanmean(np.asarray(yield_bp, dtype=np.float64), axis=0)
    loading = nelson_siegel_loadings(DECAY_PER_MONTH, tenor_months)
    return np.linalg.lstsq(loading, average, rcond=None)[0]


def persistence_of(half_life_weeks: Any, frequency: Frequency) -> Any:
    """Share of a deviation that is left a step later."""
    return 2 ** ((-1 / frequency.steps_per_week) / half_life_weeks)


def per_step(weekly: LogNormalPrior, frequency: Frequency) -> LogNormalPrior:
    """Prior of an innovation's deviation over a step, from that over a week."""
    median = weekly.median / np.sqrt(frequency.steps_per_week)
    return replace(weekly, median=float(median))


def decay_per_month(prior: float | LogNormalPrior) -> Any:
    """Add delta, sampled or a constant, per month."""
    if isinstance(prior, LogNormalPrior):
        return log_normal("decay_per_month", prior)
    # A constant, not shared data: the loadings are then computed once, not each step.
    return float(prior)


def price_pressure_bp(inputs: PricePressureInputs, prior_sd: float) -> Any:
    """Pi I_t of equation (5), (week, tenor), basis points."""
    pressure = pm.Normal("price_pressure", 0, prior_sd, dims=(INVENTORY_MARKET, TENOR))
    inventory = pm.Data(
        "inventory_dv01_musd",
        inputs.inventory_dv01_musd,
        dims=(INVENTORY_MARKET, inputs.frequency.dim, TENOR),
    )
    # One market after the other: numba takes eight seconds to compile a sum over an
    # axis of three, and more than one for a row assigned to. Markets come first, so
    # that each lies in one piece of memory.
    moved = 0.0
    for market, indicator in enumerate(np.eye(len(inputs.inventory_dv01_musd))):
        effect = (pressure * indicator[:, None]).sum(axis=0)
        moved = moved + inventory[market] * effect
    return moved


def price_discovery_bp(
    inputs: PricePressureInputs, variant: Variant, prior_sd: float
) -> Any:
    """Lambda OF_t of equation (4), (week, factor), basis points."""
    # One row: the same, nothing, every week.
    moved = np.zeros((1, len(FACTORS)))
    if not variant.order_flow_terms:
        return moved
    discovery = pm.Normal("price_discovery", 0, prior_sd, dims=ORDER_FLOW_TERM)
    order_flow = pm.Data(
        "order_flow_surprise_busd",
        inputs.order_flow_surprise_busd,
        dims=(inputs.frequency.dim, ORDER_FLOW_TERM),
    )
    effects = order_flow * discovery
    # Sums and products by element, no matrix product: numba takes ten seconds to
    # compile one, and no time for these.
    for indicator, columns in zip(
        np.eye(len(FACTORS)), order_flow_columns(variant).values(), strict=True
    ):
        if columns:
            effect = effects[:, columns].sum(axis=1)
            moved = moved + effect[:, None] * indicator
    return moved
