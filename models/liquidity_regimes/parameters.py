"""Parameters of the liquidity-regimes model as plain numbers, published and made up.

What a simulation is drawn from and what a recovery study compares with.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.arrays import FloatArray
from data.liquidity_regimes.columns import COVARIATE_SETS
from data.liquidity_regimes.published import published_liquidity_regimes

TYPICAL_DEPTH_MUSD = 90.0
"""Depth at which `spread_parameters` keep the states as persistent as promised."""


@dataclass(frozen=True)
class LiquidityRegimesParameters:
    """Observation and transition equations of one security.

    States run from the least liquid, 1, to the most liquid, K.

    Parameters
    ----------
    covariates : tuple of str
        Labels of V, VV and CS.
    price_impact_slope : (state, covariate) float
        Price impact per basis point.
    noise_sd : (state,) float
        Of price impact; the scale of Student-t noise where there are degrees of
        freedom.
    transition_intercept : (origin, destination) float
        delta of equation (4): log odds of moving to states 2 to K against moving to
        state 1, at a depth of zero.
    transition_depth_slope : (origin, destination) float
        gamma of equation (4), per USD million. Zero throughout is a constant
        transition matrix.
    initial_probability : (state,) float
        Of the first day.
    degrees_of_freedom : float, optional
        Of Student-t noise; normal without.
    """

    covariates: tuple[str, ...]
    price_impact_slope: FloatArray
    noise_sd: FloatArray
    transition_intercept: FloatArray
    transition_depth_slope: FloatArray
    initial_probability: FloatArray
    degrees_of_freedom: float | None = None

    @property
    def num_states(self) -> int:
        """Number of liquidity states, K."""
        return len(self.noise_sd)

    def transition_probability(self, depth_musd: FloatArray) -> FloatArray:
        """Probabilities of moving from each state to each, given depth: equation (4).

        Parameters
        ----------
        depth_musd : (day,) float
            Depth of the day that is left, USD million.

        Returns
        -------
        (day, origin, arrival) float
        """
        depth = np.asarray(depth_musd, dtype=np.float64)[:, None, None]
        log_odds = self.transition_intercept + self.transition_depth_slope * depth
        against_first = np.zeros((len(depth), self.num_states, 1))
        log_odds = np.concatenate([against_first, log_odds], axis=2)
        odds = np.exp(log_odds - log_odds.max(axis=2, keepdims=True))
        return odds / odds.sum(axis=2, keepdims=True)


def published_parameters(
    model: str = "IV",
    transition: str = "depth",
    degrees_of_freedom: float | None = None,
) -> LiquidityRegimesParameters:
    """Estimates of Meldrum and Sokolinskiy (2025), Table 2 or 3.

    Table 3's row from state 1 to state 3 is that of Model III (delta -22.938, gamma
    0.528) in every model: the others' are near-separation or not legible. Model I's
    depth slopes are not legible either; its transitions are those of Model III, whose
    intercepts are near. The first day is in state 3, where the market was in 2014.

    Parameters
    ----------
    model : str
        ``I`` to ``IV``.
    transition : str
        ``depth`` (Table 3) or ``constant`` (Table 2).
    degrees_of_freedom : float, optional
        Of Student-t noise.
    """
    table = published_liquidity_regimes(transition, model)["estimate"]
    covariates = COVARIATE_SETS[model]
    states = ("1", "2", "3")
    if transition == "constant":
        probability = np.array(
            [[table["transition_probability", i, j] for j in states] for i in states]
        )
        intercept = log_odds_against_first(probability)
        slope = np.zeros_like(intercept)
    else:
        intercept, slope = _published_transitions(model)
    return LiquidityRegimesParameters(
        covariates=covariates,
        price_impact_slope=np.array(
            [[table["price_impact_slope", i, c] for c in covariates] for i in states]
        ),
        noise_sd=np.array([table["noise_sd", i, ""] for i in states]),
        transition_intercept=intercept,
        transition_depth_slope=slope,
        initial_probability=np.array([0.0, 0.0, 1.0]),
        degrees_of_freedom=degrees_of_freedom,
    )


def spread_parameters(
    num_states: int, model: str = "I", stay_probability: float = 0.95
) -> LiquidityRegimesParameters:
    """Parameters for any number of states, between published states 1 and 3.

    Slopes and noise are interpolated geometrically (those of CS linearly) from
    published state 1 to state 3. At `TYPICAL_DEPTH_MUSD` a state stays with
    ``stay_probability`` and moves to its neighbours otherwise; depth favours the more
    liquid states.

    Parameters
    ----------
    num_states : int
        Two or more.
    model : str
        ``I`` to ``IV``, the covariates.
    stay_probability : float
        Diagonal of the transition matrix at the typical depth.
    """
    published = published_parameters(model)
    place = np.linspace(0, 1, num_states)[:, None]
    low, high = published.price_impact_slope[[0, -1]]
    geometric = (low > 0) & (high > 0)
    ratio = np.where(geometric, high / low, 1.0)
    slope = np.where(geometric, low * ratio**place, low + (high - low) * place)
    first_sd, last_sd = published.noise_sd[[0, -1]]
    distance = np.abs(np.subtract.outer(np.arange(num_states), np.arange(num_states)))
    weight = np.where(distance == 0, 0.0, 0.1 ** (distance - 1.0))
    weight *= (1 - stay_probability) / weight.sum(axis=1, keepdims=True)
    probability = weight + stay_probability * np.eye(num_states)
    depth_slope = np.broadcast_to(
        0.04 * np.arange(1, num_states), (num_states, num_states - 1)
    )
    intercept = log_odds_against_first(probability) - depth_slope * TYPICAL_DEPTH_MUSD
    return LiquidityRegimesParameters(
        covariates=published.covariates,
        price_impact_slope=slope,
        noise_sd=first_sd * (last_sd / first_sd) ** place[:, 0],
        transition_intercept=intercept,
        transition_depth_slope=depth_slope.copy(),
        initial_probability=np.full(num_states, 1 / num_states),
    )


def log_odds_against_first(probability: FloatArray) -> FloatArray:
    """Log odds of the arrivals 2 to K against 1, of a transition matrix's rows."""
    logarithm = np.log(probability)
    return logarithm[:, 1:] - logarithm[:, :1]


def _published_transitions(model: str) -> tuple[FloatArray, FloatArray]:
    own = published_liquidity_regimes("depth", model)["estimate"]
    third = published_liquidity_regimes("depth", "III")["estimate"]
    table = third if own.isna().sum() > 2 else own

    def number(parameter: str, origin: str, destination: str) -> float:
        source: pd.Series = third if (origin, destination) == ("1", "3") else table
        return float(source[parameter, origin, destination])

    intercept, slope = (
        np.array([[number(name, i, j) for j in "23"] for i in "123"])
        for name in ("transition_intercept", "transition_depth_slope")
    )
    return intercept, slope
