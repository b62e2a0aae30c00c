"""When a state is first entered, along paths of what drives the transitions."""

import numpy as np

from data.arrays import FloatArray


def probability_not_entered(
    intercept: FloatArray, slope: FloatArray, covariate: FloatArray, origin: int
) -> FloatArray:
    """Probability that state 0 has not been entered, day by day.

    State 0 is made absorbing; what remains in the other states has not entered it.

    Parameters
    ----------
    intercept, slope : (sample, K, K - 1) float
        Log odds of moving from state i to state j against moving to state 0, at a
        covariate of zero, and their change per unit of it.
    covariate : (day, sample, path) float
        That of today, and of the days that follow.
    origin : int
        State of today, 1 to K - 1.

    Returns
    -------
    (day, sample, path) float
        After one day, two days, ...
    """
    # The other states, time and paths last: (origin, destination, sample, 1).
    delta, gamma = (np.moveaxis(x[:, 1:], 0, -1)[..., None] for x in (intercept, slope))
    mass = np.zeros((len(delta), *covariate.shape[1:]))
    mass[origin - 1] = 1.0
    remaining = np.empty(covariate.shape)
    for day, x in enumerate(covariate):
        log_odds = delta + gamma * x
        top = np.maximum(log_odds.max(axis=1), 0.0)
        odds = np.exp(log_odds - top[:, None])
        leaving = mass / (np.exp(-top) + odds.sum(axis=1))
        mass = (leaving[:, None] * odds).sum(axis=0)
        remaining[day] = mass.sum(axis=0)
    return remaining
