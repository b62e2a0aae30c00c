"""Data-driven starting points of the liquidity-regimes model."""

import numpy as np

from data.arrays import FloatArray
from models.liquidity_regimes.clusters import Clusters, cluster_days, moves
from models.liquidity_regimes.data_variables import SURPRISE_UNIT, model_data
from models.liquidity_regimes.inputs import LiquidityRegimesInputs
from models.liquidity_regimes.priors import LiquidityRegimesPriors
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from models.liquidity_regimes.stretches import clusters_of_stretches
from models.liquidity_regimes.transitions import departures

SMALLEST_STEP = 0.02
"""Least distance between the volatility slopes of neighbouring states at the start, in
slopes of the whole sample: the clusters of one security need not be in order."""


def starting_points(
    inputs: LiquidityRegimesInputs,
    specification: LiquidityRegimesSpecification,
    priors: LiquidityRegimesPriors,
) -> list[dict[str, FloatArray]]:
    """Values of the free parameters at the regressions of clustered days.

    Parameters
    ----------
    inputs : LiquidityRegimesInputs
        Data.
    specification : LiquidityRegimesSpecification
        Says which parameters there are.
    priors : LiquidityRegimesPriors
        Their medians stand for what the clusters do not tell.

    Returns
    -------
    list of dict of str to array
        By the name of the free variable. One an attempt of `cluster_days`, the most
        likely first, then one an end of `clusters_of_stretches`.
    """
    clusters = [
        *cluster_days(inputs, specification.num_states),
        *clusters_of_stretches(inputs, specification.num_states),
    ]
    return [_point(each, inputs, specification, priors) for each in clusters]


def _point(
    clusters: Clusters,
    inputs: LiquidityRegimesInputs,
    specification: LiquidityRegimesSpecification,
    priors: LiquidityRegimesPriors,
) -> dict[str, FloatArray]:
    num_states = specification.num_states
    point = _regression_point(clusters, inputs, specification)
    counts = moves(clusters.state, num_states)
    if specification.transition == "constant":
        point["transition_probability"] = counts / counts.sum(axis=1, keepdims=True)
    else:
        others = departures(num_states)
        leaving = np.take_along_axis(counts, others, axis=1)
        staying = np.diag(counts)[:, None]
        point["departure_log_odds_standardized"] = np.log(leaving / staying)
        point["departure_depth_slope_standardized"] = np.zeros(others.shape)
    if specification.initial == "estimated":
        point["initial_probability"] = np.full(num_states, 1 / num_states)
    if specification.noise == "student-t":
        point["degrees_of_freedom"] = np.asarray(priors.degrees_of_freedom.median)
    return point


def _regression_point(
    clusters: Clusters,
    inputs: LiquidityRegimesInputs,
    specification: LiquidityRegimesSpecification,
) -> dict[str, FloatArray]:
    """Slopes and noise of the clusters, in the units of the model."""
    relative = clusters.slope[:, :, 0] / inputs.slope_unit
    steps = np.maximum(-np.diff(relative, axis=0), SMALLEST_STEP)
    point = {
        "lowest_volatility_slope_standardized": np.maximum(relative[-1], SMALLEST_STEP),
        "volatility_slope_step_standardized": steps,
        "noise_sd": clusters.noise_sd,
    }
    if not specification.is_market_wide:
        point = {name: array[..., 0] for name, array in point.items()}
    if specification.covariate_names[1:]:
        unit = model_data(inputs, specification)[SURPRISE_UNIT]
        surprise = clusters.slope[:, :, 1:]
        point["surprise_slope_standardized"] = (
            surprise / unit.T if specification.is_market_wide else surprise[:, 0] / unit
        )
    return point
