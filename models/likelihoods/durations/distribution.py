r"""Durations in whole days, right-censored, as a PyMC distribution.

A duration is seen at the end of each day only, so a duration of d days lies between
d - 1 and d: it is interval-censored. With proportional hazards in continuous time, the
probability that it lasts beyond day d is

.. math:: S(d) = \exp(-e^{\eta} H_d), \qquad H_d = \sum_{j \le d} h_j

with the cumulative baseline hazard H and the log hazard ratio :math:`\eta`. The hazard
of day j is :math:`1 - \exp(-e^\eta h_j)`, a complementary log-log link (Prentice &
Gloeckler 1978, doi 10.2307/2529588). :math:`H_d = e^a d^b` makes it the discrete
Weibull distribution of Nakagawa & Osaki (1975, doi 10.1109/TR.1975.5214915), with their
:math:`q = \exp(-e^{a + \eta})` and :math:`\beta = b`.

A duration that outlasts the c days that it was watched counts as c + 1, "longer".
"""

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor.graph.basic import Variable

from models.likelihoods.durations.op import duration_op

SIGNATURE = "(),(d),()->()"
"""Of the parameters log hazard ratio, cumulative baseline and days watched."""


def GroupedDuration(  # noqa: N802
    name: str,
    *,
    log_hazard_ratio: Any,
    cumulative_baseline: Any,
    days_watched: Any,
    observed: Any,
    dims: str,
) -> Variable:
    """Add observed durations to the model on the context stack.

    Parameters
    ----------
    name : str
        Name of the observed variable.
    log_hazard_ratio : (event,) tensor
        Raises the hazard of every day by the same factor.
    cumulative_baseline : (day,) tensor
        Cumulative baseline hazard at the end of days 1, 2, ...; increasing.
    days_watched : (event,) int
        Days after which a duration is censored, at most the number of days above. An
        event watched for no day says nothing: its log density is 0.
    observed : (event,) int
        Duration in days, or one more than `days_watched` where it lasted longer.
    dims : str
        Name of the dimension of events.

    Returns
    -------
    TensorVariable
        The observed random variable, (event,), with one log density an event.
    """
    return pm.CustomDist(
        name,
        log_hazard_ratio,
        cumulative_baseline,
        days_watched,
        logp=_log_density,
        random=_simulate,
        signature=SIGNATURE,
        class_name="GroupedDuration",
        dtype="int64",
        observed=observed,
        dims=dims,
    )


def simulate_durations(
    log_hazard_ratio: NDArray[np.float64],
    cumulative_baseline: NDArray[np.float64],
    days_watched: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Draw durations: the first day whose cumulative hazard exceeds an exponential.

    Parameters
    ----------
    log_hazard_ratio : (event,) float
        Raises the hazard of every day by the same factor.
    cumulative_baseline : (day,) float
        At the end of days 1, 2, ...
    days_watched : (event,) int
        Days after which a duration is censored.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    (event,) int
        From 1 to `days_watched` + 1, the latter for "longer".
    """
    needed = rng.exponential(size=log_hazard_ratio.shape) * np.exp(-log_hazard_ratio)
    durations = 1 + np.searchsorted(cumulative_baseline, needed)
    return np.minimum(durations, days_watched + 1)


def _simulate(
    *parameters: NDArray, rng: np.random.Generator, size: Any = None
) -> NDArray[np.int64]:
    log_hazard_ratio, cumulative, days_watched = parameters
    baseline = cumulative[0] if cumulative.ndim > 1 else cumulative
    return simulate_durations(log_hazard_ratio, baseline, days_watched, rng)


def _log_density(value: Variable, *parameters: Variable) -> Variable:
    log_hazard_ratio, cumulative, days_watched = parameters
    baseline = cumulative[0] if cumulative.ndim > 1 else cumulative
    hazard_until = pt.concatenate([[0.0], baseline])
    resolved = pt.le(value, days_watched)
    return duration_op()(log_hazard_ratio, hazard_until, value, resolved)[0]
