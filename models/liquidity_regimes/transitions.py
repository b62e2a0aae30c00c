r"""Transitions between liquidity states: priors, and the paper's parameters from them.

The paper measures log odds against a move to state 1,
:math:`\delta_{ij} + \gamma_{ij} z = \log(p_{ij} / p_{i1})`. Where that move is rare,
the odds of all others are uncertain together, and far from the depths at which state i
is met they are an extrapolation. Sampled is what the data speak about: the log odds of
each departure against staying, at the depth :math:`m_i` at which state i usually lasts,
and their slopes on standardised depth,

.. math::

    \eta_{ij}(z) = \log (p_{ij} / p_{ii}) = a_{ij} + b_{ij} (z - m_i) / s, \qquad
    \delta_{ij} + \gamma_{ij} z = \eta_{ij}(z) - \eta_{i1}(z), \quad \eta_{ii} = 0.
"""

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor.graph.basic import Variable

from data.dims import ARRIVAL, DEPARTURE, DESTINATION, ORIGIN, STATE
from models.liquidity_regimes.data_variables import DEPTH_SD, USUAL_DEPTH
from models.liquidity_regimes.priors import LiquidityRegimesPriors
from models.priors import StudentTPrior

POSSIBLE = 1e-12
"""Added to every transition probability before its stationary distribution is taken,
which else need not exist."""


def depth_driven_transitions(
    num_states: int,
    priors: LiquidityRegimesPriors,
    data: dict[str, NDArray[np.float64]],
) -> tuple[Variable, Variable]:
    """Add equation (4) to the model on the context stack.

    Parameters
    ----------
    num_states : int
        K.
    priors : LiquidityRegimesPriors
        Of departures.
    data : dict of str to array
        Result of `models.liquidity_regimes.data_variables.model_data`.

    Returns
    -------
    transition_intercept, transition_depth_slope : (origin, destination) tensors
        delta, log odds, and gamma, per USD million.
    """
    usual_depth = pm.Data(USUAL_DEPTH, data[USUAL_DEPTH], dims=ORIGIN)
    depth_sd = pm.Data(DEPTH_SD, data[DEPTH_SD])
    log_odds = _student_t("departure_log_odds_standardized", priors.departure_log_odds)
    slope = _student_t(
        "departure_depth_slope_standardized", priors.departure_depth_slope
    )
    depth_slope = pm.Deterministic(
        "transition_depth_slope",
        _against_first(slope / depth_sd, num_states),
        dims=(ORIGIN, DESTINATION),
    )
    intercept = pm.Deterministic(
        "transition_intercept",
        _against_first(log_odds, num_states) - depth_slope * usual_depth[:, None],
        dims=(ORIGIN, DESTINATION),
    )
    return intercept, depth_slope


def constant_transitions(
    num_states: int, priors: LiquidityRegimesPriors
) -> tuple[Variable, Variable]:
    """Add equation (3) to the model on the context stack.

    Parameters
    ----------
    num_states : int
        K.
    priors : LiquidityRegimesPriors
        Of the rows of the transition matrix.

    Returns
    -------
    transition_intercept, transition_depth_slope : (origin, destination) tensors
        Log odds against a move to state 1, and zeros.
    """
    concentration = np.full((num_states,) * 2, priors.departure_concentration)
    np.fill_diagonal(concentration, priors.persistence_concentration)
    probability = pm.Dirichlet(
        "transition_probability", concentration, dims=(ORIGIN, ARRIVAL)
    )
    log_probability = pt.log(probability)
    intercept = log_probability[:, 1:] - log_probability[:, :1]
    return intercept, pt.zeros((num_states, num_states - 1))


def estimated_initial(priors: LiquidityRegimesPriors, num_states: int) -> Variable:
    """Add a free distribution of the first state to the model on the stack."""
    concentration = np.full(num_states, priors.initial_concentration)
    return pm.Dirichlet("initial_probability", concentration, dims=STATE)


def stationary_initial(
    intercept: Variable, depth_slope: Variable, first_depth: Variable, num_states: int
) -> Variable:
    """Add the distribution that the first day's transition matrix leaves as it is.

    Grassmann, Taksar & Heyman (1985, doi 10.1287/opre.33.5.1107): states are taken out
    of the chain one by one, without a subtraction.
    """
    log_odds = intercept + depth_slope * first_depth
    log_odds = pt.concatenate([pt.zeros((num_states, 1)), log_odds], axis=1)
    matrix: Any = pt.special.softmax(log_odds, axis=1) + POSSIBLE
    arrivals = []
    for last in range(num_states - 1, 0, -1):
        into_last = matrix[:last, last] / matrix[last, :last].sum()
        arrivals.append(into_last)
        matrix = matrix[:last, :last] + into_last[:, None] * matrix[last, :last]
    weights = pt.ones(1)
    for into_last in reversed(arrivals):
        weights = pt.concatenate([weights, (weights * into_last).sum(keepdims=True)])
    return pm.Deterministic("initial_probability", weights / weights.sum(), dims=STATE)


def departures(num_states: int) -> NDArray[np.int64]:
    """For each state the other states, in order.

    Parameters
    ----------
    num_states : int
        K.

    Returns
    -------
    (K, K - 1) int
        Counted from zero.
    """
    return np.array(
        [[j for j in range(num_states) if j != i] for i in range(num_states)]
    )


def _student_t(name: str, prior: StudentTPrior) -> Variable:
    return pm.StudentT(
        name,
        nu=prior.degrees_of_freedom,
        mu=prior.centre,
        sigma=prior.scale,
        dims=(ORIGIN, DEPARTURE),
    )


def _against_first(against_staying: Variable, num_states: int) -> Variable:
    """Turn log odds against staying into log odds against a move to state 1."""
    identity = np.eye(num_states)[
        departures(num_states)
    ]  # (origin, departure, arrival)
    difference = identity[:, :, 1:] - identity[:, :, :1]
    # A sum of products by element; numba takes ten seconds to compile a matrix product.
    return (against_staying[:, :, None] * difference).sum(axis=1)
