r"""Threshold regression of price impact on volatility, thresholds unknown.

Equation (1) and Table 1 of Meldrum & Sokolinskiy (2025): the slope changes where
volatility crosses two thresholds,

.. math::

    \theta_t = \beta_r V_t + \epsilon_t, \quad r = 1 + [V_t > q_1] + [V_t > q_2],
    \quad \epsilon_t \sim N(0, \sigma^2).

The likelihood jumps where a threshold passes an observed volatility, and is constant in
between, so the sampler cannot move the thresholds. They are summed out: a priori every
pair :math:`q_1 < q_2` of observed volatilities is equally likely that leaves each outer
regime a share of the days. With the days sorted by volatility, the regime is a hidden
Markov chain that only moves up, and the sum over all pairs its forward pass. Given the
slopes and the noise, the thresholds are drawn exactly.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import xarray as xr
from numpy.typing import NDArray
from pytensor.graph.basic import Variable

from data.arrays import FloatArray
from data.dims import DAY, REGIME
from data.liquidity_regimes.panel import LiquidityPanel
from models.likelihoods.batch import without_batch
from models.likelihoods.hidden_markov.emission import regression_log_density
from models.likelihoods.hidden_markov.op import hidden_markov_log_likelihood
from models.liquidity_regimes.inputs import select_inputs
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from models.priors import LogNormalPrior

NUM_REGIMES = 3
REGIMES = ("1", "2", "3")

LEAST_SHARE = 0.05
"""Of the days, in each outer regime: fewer say little about a slope. Hansen (1999, doi
10.1016/S0304-4076(99)00025-1) trims the same."""

NEVER = 1e6
"""Log odds against a move that is ruled out: more than any data are worth, nats."""

INITIAL = np.array([1.0, 0.0, 0.0])
MOVE_LOG_ODDS = np.array([[-NEVER, -2 * NEVER], [NEVER, 0.0], [0.0, NEVER]])
MOVE_LOG_ODDS_AT_CANDIDATE = np.array([[NEVER, 0.0], [0.0, NEVER], [0.0, 0.0]])
"""Log odds of moving to regimes 2 and 3 against regime 1, and what a candidate for a
threshold adds: there, regimes 1 and 2 end with a probability of one half."""

SIGNATURE = "(r),(),(t),(t)->()"
CORE_NDIM = (1, 0, 1, 1)


@dataclass(frozen=True, kw_only=True)
class ThresholdRegressionPriors:
    """Priors in the units of `models.liquidity_regimes.priors`.

    Parameters
    ----------
    slope : LogNormalPrior
        Of each regime, in slopes of the whole sample; from a third to three times of
        it, in any order.
    noise_sd : LogNormalPrior
        In residual standard deviations of the whole sample.
    """

    slope: LogNormalPrior = LogNormalPrior(median=1.0, log_sd=0.6)
    noise_sd: LogNormalPrior = LogNormalPrior(median=0.8, log_sd=0.5)


@dataclass(frozen=True)
class ThresholdRegressionInputs:
    """Days with price impact, sorted by volatility.

    Parameters
    ----------
    dataset : xr.Dataset
        The security's panel, every day of it in calendar order.
    day : (day,) datetime64
    volatility_bp, price_impact : (day,) float
    is_candidate : (day,) float
        1 where the day's volatility may be a threshold.
    slope_unit, noise_unit : float
        See `models.liquidity_regimes.inputs.LiquidityRegimesInputs`.
    """

    dataset: xr.Dataset
    day: NDArray[np.datetime64]
    volatility_bp: FloatArray
    price_impact: FloatArray
    is_candidate: FloatArray
    slope_unit: float
    noise_unit: float


def threshold_inputs(
    panel: LiquidityPanel, security: str | None = None
) -> ThresholdRegressionInputs:
    """Pick the days of one security on which price impact was observed.

    Raises
    ------
    DataError
        As `models.liquidity_regimes.inputs.select_inputs`.
    """
    inputs = select_inputs(
        panel, LiquidityRegimesSpecification(covariates="I", security=security)
    )
    seen = np.flatnonzero(inputs.is_observed[:, 0])
    order = seen[np.argsort(inputs.covariates[seen, 0], kind="stable")]
    volatility = inputs.covariates[order, 0]
    return ThresholdRegressionInputs(
        dataset=inputs.dataset,
        day=inputs.dataset["day"].to_numpy()[order],
        volatility_bp=volatility,
        price_impact=inputs.price_impact[order, 0],
        is_candidate=threshold_candidates(volatility),
        slope_unit=float(inputs.slope_unit[0]),
        noise_unit=float(inputs.noise_unit[0]),
    )


def threshold_candidates(volatility_bp: FloatArray) -> FloatArray:
    """Mark the volatilities that may be thresholds.

    Parameters
    ----------
    volatility_bp : (day,) float
        Sorted upwards.

    Returns
    -------
    (day,) float
        1 for the last day of each volatility that leaves `LEAST_SHARE` of the days on
        either side, else 0.
    """
    num_days = len(volatility_bp)
    below = np.arange(1, num_days + 1)
    least = LEAST_SHARE * num_days
    is_last = np.append(np.diff(volatility_bp) > 0, False)
    is_candidate = is_last & (below >= least) & (num_days - below >= least)
    return is_candidate.astype(np.float64)


def threshold_regression_model(
    inputs: ThresholdRegressionInputs, priors: ThresholdRegressionPriors | None = None
) -> pm.Model:
    """Build the model with the thresholds summed out.

    Parameters
    ----------
    inputs : ThresholdRegressionInputs
        Result of `threshold_inputs`.
    priors : ThresholdRegressionPriors, optional
        The defaults where left out.

    Returns
    -------
    pm.Model
        Unsampled, with ``volatility_slope`` (regime), price impact per basis point,
        and ``noise_sd``. The days of the observed variable ``price_impact`` are sorted
        by volatility; their log densities add up to the log likelihood, but each by
        itself is no prediction of the day.
    """
    priors = priors or ThresholdRegressionPriors()
    with pm.Model(coords={DAY: inputs.day, REGIME: list(REGIMES)}) as model:
        slope = pm.LogNormal(
            "volatility_slope",
            np.log(priors.slope.median * inputs.slope_unit),
            priors.slope.log_sd,
            dims=REGIME,
        )
        noise_sd = pm.LogNormal(
            "noise_sd",
            np.log(priors.noise_sd.median * inputs.noise_unit),
            priors.noise_sd.log_sd,
        )
        pm.CustomDist(
            "price_impact",
            slope,
            noise_sd,
            pm.Data("volatility_bp", inputs.volatility_bp, dims=DAY),
            pm.Data("is_candidate", inputs.is_candidate, dims=DAY),
            logp=_log_density,
            random=_simulate,
            signature=SIGNATURE,
            class_name="ThresholdRegression",
            observed=inputs.price_impact,
            dims=DAY,
        )
    return model


def draw_thresholds(
    inputs: ThresholdRegressionInputs,
    slope: FloatArray,
    noise_sd: float,
    rng: np.random.Generator,
) -> FloatArray:
    """Draw both thresholds given slopes, noise and the data.

    Parameters
    ----------
    inputs : ThresholdRegressionInputs
        Data.
    slope : (3,) float
        Price impact per basis point.
    noise_sd : float
        Unit of price impact.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    (2,) float
        Basis points; a volatility equal to a threshold is in the regime below it.
    """
    candidates = np.flatnonzero(inputs.is_candidate)
    error = inputs.price_impact - slope[:, None] * inputs.volatility_bp
    density = -0.5 * (error / noise_sd) ** 2
    # What the data gain from each candidate as an end of the regime below it.
    first = np.cumsum(density[0] - density[1])[candidates]
    second = np.cumsum(density[1] - density[2])[candidates]
    pairs = second[1:] + np.logaddexp.accumulate(first)[:-1]
    upper = 1 + _draw_from_logs(pairs, rng)
    lower = _draw_from_logs(first[:upper], rng)
    return inputs.volatility_bp[candidates[[lower, upper]]]


def regime_of(volatility_bp: FloatArray, threshold_bp: FloatArray) -> NDArray[np.int64]:
    """Regime of each volatility, counted from zero.

    Parameters
    ----------
    volatility_bp : (...) float
    threshold_bp : (2,) float

    Returns
    -------
    (...) int
    """
    return np.searchsorted(threshold_bp, volatility_bp, side="left")


def draw_threshold_prior(
    volatility_bp: FloatArray, is_candidate: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Draw both thresholds from the prior, (2,), basis points."""
    candidates = np.flatnonzero(is_candidate)
    pair = rng.choice(candidates, size=2, replace=False)
    return volatility_bp[np.sort(pair)]


def _log_density(value: Variable, *parameters: Variable) -> Variable:
    slope, noise_sd, volatility, is_candidate = without_batch(parameters, CORE_NDIM)
    density = regression_log_density(
        value[None],
        pt.ones_like(value)[None],
        volatility[None],
        pt.specify_shape(slope, (NUM_REGIMES,))[:, None, None],
        pt.full((NUM_REGIMES, 1), noise_sd),
    )
    # Undoes the halves of the moves, and rules out that the last day is not in the
    # last regime: every pair of thresholds then has a weight of one.
    weight = pt.set_subtensor((np.log(2) * is_candidate)[-1], -NEVER * NEVER)
    emission = density.T + weight[:, None] * np.array([1.0, 1.0, 0.0])
    log_likelihood = hidden_markov_log_likelihood(
        emission, INITIAL, MOVE_LOG_ODDS, MOVE_LOG_ODDS_AT_CANDIDATE, is_candidate
    )
    number = is_candidate.sum()
    return log_likelihood - pt.log(number * (number - 1) / 2) / value.shape[0]


def _simulate(
    *parameters: FloatArray, rng: np.random.Generator, size: Any = None
) -> FloatArray:
    slope, noise_sd, volatility, is_candidate = without_batch(parameters, CORE_NDIM)
    threshold = draw_threshold_prior(volatility, is_candidate, rng)
    mean = slope[regime_of(volatility, threshold)] * volatility
    return mean + noise_sd * rng.standard_normal(len(volatility))


def _draw_from_logs(log_weight: FloatArray, rng: np.random.Generator) -> int:
    cumulated = np.cumsum(np.exp(log_weight - log_weight.max()))
    found = np.searchsorted(cumulated, rng.random() * cumulated[-1], side="right")
    return min(int(found), len(log_weight) - 1)
