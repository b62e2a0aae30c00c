r"""Price pressure where yields keep departures from the curve for weeks.

The paper's model takes what three factors leave of four yields for white noise. On the
market that remainder has an autocorrelation of 0.98 a week, and a regression of it on
inventories that persist as long finds pressure where there is none. Here, in place of
equations (4) and (6) of Mixon & Tuzun (2018, FEDS 2018-065), symbols of
`models.price_pressure.model`:

.. math::

    \hat y{}_t &= \Gamma \beta_t + \alpha + \Pi I_t + \eta_t + \epsilon_t \quad (1) \\
    \eta_t &= \mathrm{diag}(\rho) \, \eta_{t-1} + \zeta_t \quad (2) \\
    \beta_t - \mu &= \theta (\beta_{t-1} - \mu) + \Lambda \, OF_t + \omega_t, \quad
        \mathrm{cov}(\omega_t) = S \quad (3)

with one persistence for the factors, whose innovations are correlated (see
`models.price_pressure.rotated_factors`), and with errors that start from their
stationary distribution. The size and the correlation of what is not foreseen move with
what was seen before: `models.likelihoods.score_driven`.

==========  =============================  ==============  =============
symbol      name in code                   shape           unit
==========  =============================  ==============  =============
alpha       intercept_bp                   (tenor,)        basis points
rho         error_persistence              (tenor,)        per week
sd(zeta)    error_innovation_sd_bp         (tenor,)        basis points
sd(eps)     yield_noise_sd_bp              (tenor,)        basis points
theta       persistence                    scalar          per week
sd(omega)   factor_innovation_sd_bp        (factor,)       basis points
cor(omega)  factor_innovation_correlation  (factor_pair,)  1
==========  =============================  ==============  =============

The gain of the filter is that of constant variances, so states given all the data are
the best linear ones. Intercepts and means of the factors are told apart by their priors
alone, and error half-lives by tenor are weakly known: four yields less three factors
leave one combination. Other tenors and frequencies as in `models.price_pressure.model`.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor.graph.basic import Variable

from data.dims import (
    FACTOR,
    FACTOR_PAIR,
    INVENTORY_MARKET,
    ORDER_FLOW_TERM,
    ROTATED_FACTOR,
    TENOR,
)
from data.price_pressure.columns import FACTORS
from data.price_pressure.frequency import Frequency
from data.price_pressure.panel import PricePressurePanel
from models.likelihoods.kalman.distribution import LinearGaussianStateSpace
from models.likelihoods.score_driven.distribution import ScoreDrivenStateSpace
from models.price_pressure.decay_scale import PersistentHalfLife
from models.price_pressure.inputs import PricePressureInputs, select_inputs
from models.price_pressure.long_run_mean import LongRunMean
from models.price_pressure.nelson_siegel import nelson_siegel_loadings
from models.price_pressure.rotated_factors import (
    correlated_innovations,
    pairs_of,
)
from models.price_pressure.terms import (
    decay_per_month,
    per_step,
    persistence_of,
    price_discovery_bp,
    price_pressure_bp,
    rough_factor_mean,
)
from models.price_pressure.variants import PersistentErrorsVariant, of_tenors
from models.priors import LogNormalPrior, log_normal

ROUNDING_BP = 0.1
"""Deviation of the noise of a yield that is modelled on its own: that of its quotes."""


@dataclass(frozen=True, kw_only=True)
class PersistentErrorsPriors:
    """Priors of the variants whose errors persist.

    Parameters
    ----------
    price_pressure_sd, price_discovery_sd : float
        As of `models.price_pressure.model.PricePressurePriors`.
    half_life_weeks : LogNormalPrior
        Of the factors.
    factor_mean_bp, factor_mean_sd_bp : tuple of float
        Level, slope, curvature.
    initial_factor_sd_bp : float
        Of the first week's factors, basis points.
    factor_partial_correlation_sd : float
        Deviation of the inverse hyperbolic tangents: half of the partial correlations
        lie within 0.47.
    factor_innovation_sd_bp, error_innovation_sd_bp : LogNormalPrior
        Of each factor, and of each tenor's error, over a week.
    error_half_life_weeks : LogNormalPrior
        Departures from the curve: days to years.
    yield_noise_sd_bp : LogNormalPrior
        White noise beside the error.
    intercept_sd_bp : float
        Of constant departures from the Nelson-Siegel curve.
    decay_per_month : float or LogNormalPrior
        delta; sampled by default, because fixing it costs 90 log units on the market.
    covariance_half_life_weeks : LogNormalPrior
        Memory of the correlations and sizes of innovations: 7 weeks to 7 years.
    covariance_reaction : tuple of float
        Beta prior of the weight of the last innovation in the next covariance.
    scale_half_life_weeks : LogNormalPrior
        Memory of the common scale: episodes of weeks to a year.
    scale_reaction : LogNormalPrior
        Of the common log scale to the size of the last innovation.
    freedom_above_two : LogNormalPrior
        Degrees of freedom of the Student t less 2: a variance exists.
    """

    price_pressure_sd: float = 2.0
    price_discovery_sd: float = 1.0
    half_life_weeks: LogNormalPrior = LogNormalPrior(median=260.0, log_sd=1.5)
    factor_mean_bp: tuple[float, float, float] = (400.0, -200.0, -200.0)
    factor_mean_sd_bp: tuple[float, float, float] = (200.0, 200.0, 300.0)
    initial_factor_sd_bp: float = 300.0
    factor_innovation_sd_bp: LogNormalPrior = LogNormalPrior(median=10.0, log_sd=1.0)
    factor_partial_correlation_sd: float = 0.75
    error_half_life_weeks: LogNormalPrior = LogNormalPrior(median=8.0, log_sd=1.5)
    error_innovation_sd_bp: LogNormalPrior = LogNormalPrior(median=3.0, log_sd=1.0)
    yield_noise_sd_bp: LogNormalPrior = LogNormalPrior(median=1.0, log_sd=1.0)
    intercept_sd_bp: float = 10.0
    decay_per_month: float | LogNormalPrior = LogNormalPrior(median=0.0609, log_sd=0.5)
    covariance_half_life_weeks: LogNormalPrior = LogNormalPrior(median=52.0, log_sd=1.0)
    covariance_reaction: tuple[float, float] = (1.5, 12.0)
    scale_half_life_weeks: LogNormalPrior = LogNormalPrior(median=8.0, log_sd=1.0)
    scale_reaction: LogNormalPrior = LogNormalPrior(median=0.1, log_sd=0.7)
    freedom_above_two: LogNormalPrior = LogNormalPrior(median=6.0, log_sd=1.0)


class Factors(NamedTuple):
    """What the yields load on: names, loadings, and the prior of the level."""

    names: tuple[str, ...]
    loading: Any
    mean_bp: NDArray[np.float64]
    mean_sd_bp: NDArray[np.float64]
    sample_mean_bp: NDArray[np.float64]


class States(NamedTuple):
    """Independent first-order autoregressions and how the yields load on them."""

    loading: Any
    persistence: Any
    variance: Any
    initial_mean: Any
    initial_variance: Any
    input: Any


def persistent_errors_model(
    panel: PricePressurePanel,
    variant: PersistentErrorsVariant,
    priors: PersistentErrorsPriors | None = None,
) -> pm.Model:
    """Build the model of one variant on one panel.

    Parameters
    ----------
    panel : PricePressurePanel
        Leading weeks without the variant's inputs are left out.
    variant : PersistentErrorsVariant
        A specification.
    priors : PersistentErrorsPriors, optional
        The defaults where left out.

    Returns
    -------
    pm.Model
        Unsampled. The observed variable ``yield_bp`` has one log density a week: that
        of its quoted yields given all earlier weeks.

    Raises
    ------
    DataError
        The panel lacks what the variant needs.
    """
    priors = priors or PersistentErrorsPriors()
    variant = of_tenors(variant, panel.dataset["tenor"].to_numpy().tolist())
    inputs = select_inputs(panel, variant)
    dims = (inputs.frequency.dim, TENOR)
    with pm.Model(coords=_coords(inputs, variant)) as model:
        factors = _factors(inputs, variant, priors)
        states = _factor_states(inputs, variant, priors, factors)
        noise_variance: Any = np.full(len(inputs.tenors), ROUNDING_BP**2)
        if variant.factors == "nelson-siegel":
            states = _with_errors(inputs, states, priors)
            noise = log_normal("yield_noise_sd_bp", priors.yield_noise_sd_bp, TENOR)
            noise_variance = noise**2
        arguments: dict[str, Any] = {
            "is_observed": pm.Data("is_quoted", inputs.is_quoted, dims=dims),
            "loading": states.loading,
            "persistence": states.persistence,
            "state_variance": states.variance,
            "observation_variance": noise_variance,
            "initial_mean": states.initial_mean,
            "initial_variance": states.initial_variance,
            "state_input": states.input,
            "observation_input": _observation_input(inputs, variant, priors),
            "observed": pm.Data("quoted_yield_bp", inputs.yield_bp, dims=dims),
            "dims": dims,
        }
        if variant.volatility == "score-driven":
            ScoreDrivenStateSpace(
                "yield_bp", **arguments, **_volatility(priors, inputs.frequency)
            )
        else:
            LinearGaussianStateSpace("yield_bp", **arguments)
    return model


def _coords(
    inputs: PricePressureInputs, variant: PersistentErrorsVariant
) -> dict[str, Any]:
    names = _factor_names(variant, inputs.tenors)
    step = inputs.frequency.dim
    coords: dict[str, Any] = {
        step: inputs.dataset[step].to_numpy(),
        TENOR: list(inputs.tenors),
        FACTOR: list(names),
        FACTOR_PAIR: pairs_of(names),
        ROTATED_FACTOR: list(names),
    }
    if variant.inventory_markets:
        coords[INVENTORY_MARKET] = list(variant.inventory_markets)
    if variant.order_flow_terms:
        coords[ORDER_FLOW_TERM] = [term.label for term in variant.order_flow_terms]
    return coords


def _factor_names(
    variant: PersistentErrorsVariant, tenors: tuple[int, ...]
) -> tuple[str, ...]:
    if variant.factors == "nelson-siegel":
        return FACTORS
    return tuple(f"{tenor}y" for tenor in tenors)


def _factors(
    inputs: PricePressureInputs,
    variant: PersistentErrorsVariant,
    priors: PersistentErrorsPriors,
) -> Factors:
    yields = inputs.dataset["yield_bp"].to_numpy()
    names = _factor_names(variant, inputs.tenors)
    mean, sd = np.array(priors.factor_mean_bp), np.array(priors.factor_mean_sd_bp)
    if variant.factors == "nelson-siegel":
        delta = decay_per_month(priors.decay_per_month)
        loading = nelson_siegel_loadings(delta, inputs.tenor_months)
        rough = rough_factor_mean(yields, inputs.tenor_months)
        return Factors(names, loading, mean, sd, rough)
    level, level_sd = np.full(len(names), mean[0]), np.full(len(names), sd[0])
    return Factors(names, np.eye(len(names)), level, level_sd, np.nanmean(yields, 0))


def _factor_states(
    inputs: PricePressureInputs,
    variant: PersistentErrorsVariant,
    priors: PersistentErrorsPriors,
    factors: Factors,
) -> States:
    """Rotate the factors of equation (3) into independent states."""
    size, num_dates = len(factors.names), len(inputs.yield_bp)
    frequency = inputs.frequency
    innovation_sd = log_normal(
        "factor_innovation_sd_bp",
        per_step(priors.factor_innovation_sd_bp, frequency),
        FACTOR,
    )
    rotation = correlated_innovations(
        innovation_sd, factors.names, priors.factor_partial_correlation_sd
    )
    pm.Deterministic(
        "factor_rotation", rotation.matrix(), dims=(FACTOR, ROTATED_FACTOR)
    )
    persistence: Any = 1.0
    pull: list[Any] = [pt.zeros(1)] * size
    if variant.persistence == "estimated":
        half_life = PersistentHalfLife(
            "factor_half_life_weeks",
            priors.half_life_weeks,
            num_dates=num_dates / frequency.steps_per_week,
        )
        persistence = pm.Deterministic(
            "factor_persistence", persistence_of(half_life, frequency)
        )
        mean = LongRunMean(
            "factor_mean_bp",
            mean=factors.mean_bp,
            sd=factors.mean_sd_bp,
            persistence=persistence * np.ones(size),
            innovation_sd=innovation_sd,
            num_dates=num_dates,
            sample_mean=pm.Data(
                "rough_factor_mean_bp", factors.sample_mean_bp, dims=FACTOR
            ),
            dims=FACTOR,
        )
        pull = [((1 - persistence) * mean[i])[None] for i in range(size)]
    moved = price_discovery_bp(inputs, variant, priors.price_discovery_sd)
    if variant.order_flow_terms:
        pull = [pull[i] + moved[:, i] for i in range(size)]
    return States(
        loading=rotation.loading(factors.loading),
        persistence=persistence * np.ones(size),
        variance=rotation.state_variance,
        initial_mean=pt.stack(rotation.states_of(list(factors.mean_bp))),
        initial_variance=np.full(size, priors.initial_factor_sd_bp**2),
        input=pt.stack(rotation.states_of(pull), axis=1),
    )


def _with_errors(
    inputs: PricePressureInputs, factors: States, priors: PersistentErrorsPriors
) -> States:
    """Put the errors of equation (2) beside the factors' states."""
    number, frequency = len(inputs.tenors), inputs.frequency
    half_life = log_normal("error_half_life_weeks", priors.error_half_life_weeks, TENOR)
    persistence = pm.Deterministic(
        "error_persistence", persistence_of(half_life, frequency), dims=TENOR
    )
    innovation_sd = log_normal(
        "error_innovation_sd_bp",
        per_step(priors.error_innovation_sd_bp, frequency),
        TENOR,
    )
    variance = innovation_sd**2
    loading = pt.concatenate([factors.loading, np.eye(number)], axis=1)
    nothing = pt.zeros((factors.input.shape[0], number))
    return States(
        loading=pt.specify_shape(loading, (number, len(FACTORS) + number)),
        persistence=pt.concatenate([factors.persistence, persistence]),
        variance=pt.concatenate([factors.variance, variance]),
        initial_mean=pt.concatenate([factors.initial_mean, np.zeros(number)]),
        initial_variance=pt.concatenate(
            [factors.initial_variance, variance / (1 - persistence**2)]
        ),
        input=pt.concatenate([factors.input, nothing], axis=1),
    )


def _observation_input(
    inputs: PricePressureInputs,
    variant: PersistentErrorsVariant,
    priors: PersistentErrorsPriors,
) -> Any:
    """Alpha + Pi I_t of equation (1), (week, tenor), basis points."""
    moved: Any = np.zeros(inputs.yield_bp.shape)
    if variant.inventory_markets:
        moved = price_pressure_bp(inputs, priors.price_pressure_sd)
    if variant.intercepts == "by tenor":
        moved = moved + pm.Normal("intercept_bp", 0, priors.intercept_sd_bp, dims=TENOR)
    return moved


def _volatility(
    priors: PersistentErrorsPriors, frequency: Frequency
) -> dict[str, Variable]:
    memory = log_normal("covariance_half_life_weeks", priors.covariance_half_life_weeks)
    share = pm.Beta("covariance_reaction", *priors.covariance_reaction)
    scale_memory = log_normal("scale_half_life_weeks", priors.scale_half_life_weeks)
    above_two = log_normal("freedom_above_two", priors.freedom_above_two)
    persistence = persistence_of(memory, frequency)
    return {
        "covariance_persistence": persistence,
        "covariance_reaction": share * persistence,
        "scale_persistence": persistence_of(scale_memory, frequency),
        "scale_reaction": log_normal("scale_reaction", priors.scale_reaction),
        "degrees_of_freedom": pm.Deterministic("degrees_of_freedom", 2 + above_two),
    }
