"""Liquidity states begun at the regressions of a few stretches of days.

States last, so that the days around one mostly share its state: a regression of some
weeks in a row shows a state as no quantile of all days does, where states differ in
noise or in the surprises' slopes rather than in that of volatility. Many stretches are
drawn, since no rule says which hold one state each; most lead to the same few ends.
"""

from collections.abc import Iterator

import numpy as np

from data.arrays import FloatArray, IntArray
from models.liquidity_regimes.clusters import (
    Clusters,
    log_density,
    moves,
    regressions,
    sorted_by_slope,
)
from models.liquidity_regimes.inputs import LiquidityRegimesInputs

STRETCH_DAYS = (10, 30, 80)
DRAWS_OF_STRETCHES = 20
"""Of each length, a stretch a state."""

SEED = 1
"""Of the draws: the same data have the same starts."""

NEIGHBOURS = (2, 1)
"""Days to either side whose densities count for a day's state, in two passes."""

ROUNDS = 30

SAME_DAYS = 0.001
"""Share of days in other states below which two ends are one. A rare state is what
ends differ in."""

MOST_ENDS = 16
"""Each is a search for the mode, of a tenth of a second."""


def clusters_of_stretches(
    inputs: LiquidityRegimesInputs, num_states: int
) -> list[Clusters]:
    """Sort days into states that last.

    Parameters
    ----------
    inputs : LiquidityRegimesInputs
        Data.
    num_states : int
        K.

    Returns
    -------
    list of Clusters
        Different ends, the most likely first, by the likelihood of days and moves; none
        where there are too few days.
    """
    found = sorted(_ends(inputs, num_states), key=lambda end: -end.log_likelihood)
    different: list[Clusters] = []
    for end in found:
        if all((end.state != one.state).mean() > SAME_DAYS for one in different):
            different.append(end)
    return different[:MOST_ENDS]


def _ends(inputs: LiquidityRegimesInputs, num_states: int) -> Iterator[Clusters]:
    rng = np.random.default_rng(SEED)
    num_days = len(inputs.price_impact)
    for length in STRETCH_DAYS:
        if num_days - length < num_states:
            continue
        for _ in range(DRAWS_OF_STRETCHES):
            first = rng.choice(num_days - length, num_states, replace=False)
            # Days of no state have the code K, which no regression is of.
            state = np.full(num_days, num_states)
            for k, day in enumerate(first):
                state[day : day + length] = k
            for days in NEIGHBOURS:
                state = _refined(inputs, state, num_states, days)
            yield _end(inputs, state, num_states)


def _refined(
    inputs: LiquidityRegimesInputs, state: IntArray, num_states: int, days: int
) -> IntArray:
    """Alternate between regressions and the states of some days around each."""
    share = np.full(num_states, 1 / num_states)
    for _ in range(ROUNDS):
        density = log_density(inputs, *regressions(inputs, state, num_states))
        moved = (_around(density, days) + np.log(share)).argmax(axis=1)
        if (moved == state).all():
            break
        state = moved
        counts = np.bincount(state, minlength=num_states)
        share = (counts + 1) / (state.size + num_states)
    return state


def _around(density: FloatArray, days: int) -> FloatArray:
    """Sum of a column over each day and those to either side."""
    ones = np.ones(2 * days + 1)
    return np.column_stack([np.convolve(x, ones, mode="same") for x in density.T])


def _end(inputs: LiquidityRegimesInputs, state: IntArray, num_states: int) -> Clusters:
    slope, noise_sd = regressions(inputs, state, num_states)
    density = log_density(inputs, slope, noise_sd)
    counts = moves(state, num_states)
    shares = counts / counts.sum(axis=1, keepdims=True)
    log_likelihood = density[np.arange(state.size), state].sum()
    log_likelihood += (counts * np.log(shares)).sum()
    return sorted_by_slope(inputs, state, slope, noise_sd, float(log_likelihood))
