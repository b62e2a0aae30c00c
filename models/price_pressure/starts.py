"""Data-driven starting points of the price-pressure model.

Three factors can fit any three of four yields exactly, so the posterior may have a mode
for each tenor that is left to carry the noise. A search for the highest one starts next
to all of them.
"""

import numpy as np

from data.arrays import FloatArray
from data.price_pressure.factor_exposures import DECAY_PER_MONTH
from models.price_pressure.inputs import MINIMUM_WEEKS, PricePressureInputs
from models.price_pressure.nelson_siegel import nelson_siegel_loadings

FAINT_NOISE_BP = 1.0
"""Noise of the tenors that the factors fit: far below that of any real curve, and not
so small that its own prior matters more than the data."""

SHORTEST_HALF_LIFE = 4.0
"""Of a factor at the start, dates. The longest is the length of the sample."""


def starting_points(inputs: PricePressureInputs) -> list[dict[str, FloatArray]]:
    """Values of the free parameters with each tenor in turn carrying the noise.

    Parameters
    ----------
    inputs : PricePressureInputs
        Data. Only weeks with every yield are used.

    Returns
    -------
    list of dict of str to array
        One a tenor, by the name of the free variable; none where fewer weeks than a
        year have every yield.
    """
    complete = inputs.is_quoted.all(axis=1)
    if complete.sum() < MINIMUM_WEEKS:
        return []
    yields = inputs.yield_bp[complete]
    inventory = inputs.inventory_dv01_musd[:, complete]
    loading = nelson_siegel_loadings(DECAY_PER_MONTH, inputs.tenor_months)
    steps_per_week = inputs.frequency.steps_per_week
    return [
        _point(yields, inventory, loading, steps_per_week, tenor)
        for tenor in range(yields.shape[1])
    ]


def _point(
    yields: FloatArray,
    inventory: FloatArray,
    loading: FloatArray,
    steps_per_week: float,
    noisy: int,
) -> dict[str, FloatArray]:
    """Factors through the other yields, and the noisy one regressed on inventories."""
    others = np.arange(yields.shape[1]) != noisy
    factors = np.linalg.lstsq(loading[others], yields[:, others].T)[0].T
    misfit = yields[:, noisy] - factors @ loading[noisy]
    regressors = inventory[:, :, noisy].T
    effect = np.linalg.lstsq(regressors, misfit)[0]
    pressure = np.zeros((len(inventory), yields.shape[1]))
    pressure[:, noisy] = effect
    noise_sd = np.full(yields.shape[1], FAINT_NOISE_BP)
    noise_sd[noisy] = max((misfit - regressors @ effect).std(), FAINT_NOISE_BP)
    return {
        "half_life_weeks": _half_lives(factors) / steps_per_week,
        "factor_mean_bp": factors.mean(axis=0),
        "factor_innovation_sd_bp": np.diff(factors, axis=0).std(axis=0),
        "yield_noise_sd_bp": noise_sd,
        "price_pressure": pressure,
    }


def _half_lives(series: FloatArray) -> FloatArray:
    """Half-lives of deviations from the mean, by least squares, dates."""
    deviation = series - series.mean(axis=0)
    lagged, current = deviation[:-1], deviation[1:]
    persistence = (lagged * current).sum(axis=0) / (lagged**2).sum(axis=0)
    shortest, longest = SHORTEST_HALF_LIFE, float(len(series))
    slowest = 2 ** (-1 / longest)
    return np.clip(-1 / np.log2(np.clip(persistence, 0.01, slowest)), shortest, longest)
