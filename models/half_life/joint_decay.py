r"""Basis, events and covariates in one likelihood: what shortens a dislocation.

The basis of each tenor is the decomposition of `models.half_life.basis_decomposition`
and what events have moved:

.. math::

    b_t &= \mu_t + x_t + e_t + \varepsilon_t, \qquad
    \mu_t = \mu_{t-1} + \eta_t, \qquad x_t = \phi x_{t-1} + \omega_t \quad (1) \\
    e_t &= 2^{-1 / T_{i(t)}} e_{t-1} + J_t, \qquad
    J_t \sim N(0, s^2) \text{ on days with an event, else } 0 \quad (2) \\
    P(T_i > u) &= \exp\bigl(-\log 2 \; e^{\eta_i} (u / m)^k\bigr), \qquad
    \eta_i = x_i'\beta + \sum_c w_{ic} \alpha_c + \gamma_{t(i)} \quad (3)

with i(t) the latest event of the tenor before t. The half-life of an event is so that
of the proportional hazards of `models.half_life.model`, in continuous time: a half-life
counted in whole days, as there, has the same hazard ratios. But nothing is measured day
by day from a path that is itself an estimate: white noise does not halve, and what
noise there is widens intervals and leaves the effects where they are.

==========  =====================  ==============  =================================
symbol      name in code           shape           unit
==========  =====================  ==============  =================================
s           event_shock_sd_bp      (tenor,)        basis points
T           event_half_life_days   (outcome,)      trading days
m           median_half_life_days  scalar          trading days, at average
                                                   covariates
k           shape                  scalar          1: half-lives are exponential
beta        coefficient            (covariate,)    log hazard ratio of one sd of the
                                                   transformed covariate
alpha       event_tenor_effect     (event_tenor,)  log hazard ratio
gamma       date_effect            (event_date,)   log hazard ratio
==========  =====================  ==============  =================================

and those of the decomposition: ``half_life_days``, ``persistence``,
``level_innovation_sd_bp``, ``deviation_innovation_sd_bp``, ``noise_sd_bp`` (tenor,).
Daily changes of the basis have heavy tails and volatility that clusters, over all
tenors at once: standardised innovations are multivariate Student t with covariance and
scale driven by their score, unless a constant volatility is asked for.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.graph.basic import Variable

from data.dims import COVARIATE, DAY, EVENT_DATE, EVENT_MIX, EVENT_TENOR, OUTCOME, TENOR
from data.errors import DataError
from data.half_life.basis_events_panel import BasisEventsPanel
from models.half_life.basis_decomposition import (
    BasisDecompositionPriors,
    quiet_components,
)
from models.half_life.effects import (
    COVARIATES,
    DATE,
    MIX,
    MIX_WEIGHT,
    ROTATION,
    covariate_effect,
    date_effect,
    event_effect,
    principal_axes,
)
from models.half_life.joint_inputs import (
    JointInputs,
    joint_inputs,
    refuse_constant_covariates,
)
from models.half_life.specification import HalfLifePriors
from models.likelihoods.changing_components.distribution import ChangingComponents
from models.priors import LogNormalPrior, log_normal

SCORE_DRIVEN = "score-driven"
CONSTANT = "constant"
VOLATILITIES = {
    SCORE_DRIVEN: "Student-t innovations whose covariance and scale follow their score",
    CONSTANT: "normal innovations of one variance",
}
"""Name on the command line -> what it assumes."""

LEVEL, DEVIATION, EVENT = 0, 1, 2
"""Positions of the components."""

OBSERVED = "basis_bp"

CENTRING = 0.5
"""How far half-lives are sampled as themselves (1), not as their surprise (0), where
all that moves on the day of an event is its doing: less where it moves less."""


@dataclass(frozen=True, kw_only=True)
class JointDecayPriors:
    """Priors, all proper; none has a view on the sign of an effect.

    Parameters
    ----------
    quiet : BasisDecompositionPriors
        Of the basis between events.
    effects : HalfLifePriors
        Those of ``coefficient_sd``, ``event_tenor_sd``, ``date_sd`` and ``shape``: the
        same as of the regression of half-lives that were measured.
    event_shock_sd_bp : LogNormalPrior
        From 0.2 to 20 bp: an event may move nothing.
    median_half_life_days : LogNormalPrior
        Of events at average covariates: from one to 25 trading days.
    covariance_half_life_days, scale_half_life_days : LogNormalPrior
        Memory of the correlations and sizes of innovations, and of their common scale.
    covariance_reaction : tuple of float
        Beta prior of the weight of the last innovations in the next covariance.
    scale_reaction : LogNormalPrior
        Of the common log scale to the size of the last innovations.
    freedom_above_two : LogNormalPrior
        Degrees of freedom of the Student t less 2: a variance exists.
    """

    quiet: BasisDecompositionPriors = field(default_factory=BasisDecompositionPriors)
    effects: HalfLifePriors = field(default_factory=HalfLifePriors)
    event_shock_sd_bp: LogNormalPrior = LogNormalPrior(median=2.0, log_sd=1.2)
    median_half_life_days: LogNormalPrior = LogNormalPrior(median=5.0, log_sd=0.8)
    covariance_half_life_days: LogNormalPrior = LogNormalPrior(median=60.0, log_sd=1.0)
    covariance_reaction: tuple[float, float] = (1.5, 12.0)
    scale_half_life_days: LogNormalPrior = LogNormalPrior(median=20.0, log_sd=1.0)
    scale_reaction: LogNormalPrior = LogNormalPrior(median=0.1, log_sd=0.7)
    freedom_above_two: LogNormalPrior = LogNormalPrior(median=6.0, log_sd=1.0)


def joint_decay_model(
    panel: BasisEventsPanel,
    covariates: tuple[str, ...] | None = None,
    volatility: str = SCORE_DRIVEN,
    priors: JointDecayPriors | None = None,
) -> pm.Model:
    """Build the joint model of a basis, its events and their covariates.

    Parameters
    ----------
    panel : BasisEventsPanel
        Of its days `models.half_life.basis_decomposition.trading_days` are kept.
    covariates : tuple of str, optional
        Of `data.half_life.checks.COVARIATES`; those known for at least half of the
        events where left out.
    volatility : str
        Of `VOLATILITIES`.
    priors : JointDecayPriors, optional
        The defaults where left out.

    Returns
    -------
    pm.Model
        Unsampled. The observed variable ``basis_bp`` (day, tenor) has one log density a
        day: that of its quoted tenors given all earlier days.

    Raises
    ------
    DataError
        See `models.half_life.joint_inputs.joint_inputs`; or no such volatility.
    """
    refuse_constant_covariates(panel, covariates)
    return model_from_joint_inputs(joint_inputs(panel, covariates), volatility, priors)


def model_from_joint_inputs(
    inputs: JointInputs, volatility: str, priors: JointDecayPriors | None = None
) -> pm.Model:
    """Build the joint model on inputs of `joint_inputs`; see `joint_decay_model`."""
    if volatility not in VOLATILITIES:
        raise DataError(
            f"there is no volatility {volatility!r}",
            f"Choose one of {', '.join(VOLATILITIES)}.",
        )
    priors = priors or JointDecayPriors()
    with pm.Model(coords=_coords(inputs)) as model:
        quiet = quiet_components(priors.quiet)
        shock_sd = log_normal("event_shock_sd_bp", priors.event_shock_sd_bp, TENOR)
        data = joint_data_variables(inputs)
        is_event, is_quoted, basis = (
            pm.Data(name, data[name], dims=(DAY, TENOR))
            for name in ("is_event_day", "is_quoted", "quoted_basis_bp")
        )
        decay = _event_persistence(inputs, priors)
        every_day = pt.ones_like(is_event)
        persistence = (every_day, every_day * quiet.persistence, decay)
        variance = (
            every_day * quiet.level_variance,
            every_day * quiet.deviation_variance,
            is_event * shock_sd**2,
        )
        none = pt.zeros_like(quiet.persistence)
        stationary = quiet.deviation_variance / (1 - quiet.persistence**2)
        first_level = none + priors.quiet.initial_level_mean_bp
        first_variance = none + priors.quiet.initial_level_sd_bp**2
        size = None, data["is_quoted"].shape[1], len(persistence)
        ChangingComponents(
            OBSERVED,
            is_observed=is_quoted,
            persistence=pt.specify_shape(pt.stack(persistence, axis=2), size),
            innovation_variance=pt.stack(variance, axis=2),
            noise_variance=quiet.noise_variance,
            initial_mean=pt.stack((first_level, none, none), axis=1),
            initial_variance=pt.stack((first_variance, stationary, none), axis=1),
            observed=basis,
            dims=(DAY, TENOR),
            dynamics=_dynamics(priors) if volatility == SCORE_DRIVEN else None,
        )
    return model


def _coords(inputs: JointInputs) -> dict[str, Any]:
    return {
        DAY: inputs.basis[DAY].to_numpy(),
        TENOR: inputs.basis[TENOR].to_numpy().tolist(),
        OUTCOME: list(inputs.outcomes.index),
        COVARIATE: list(inputs.covariates.index),
        EVENT_TENOR: inputs.event_tenors,
        EVENT_MIX: np.arange(len(inputs.mix_weight)),
        EVENT_DATE: inputs.dates.to_numpy(),
    }


def _event_persistence(inputs: JointInputs, priors: JointDecayPriors) -> Variable:
    """Share of what events have moved that is left a day later, (day, tenor)."""
    ratio = covariate_effect(inputs, priors.effects.coefficient_sd)
    ratio += event_effect(inputs, priors.effects.event_tenor_sd, "event_tenor_sd")
    if inputs.has_shared_dates:
        ratio += date_effect(inputs, priors.effects.date_sd)
    shape = log_normal("shape", priors.effects.shape)
    median = log_normal("median_half_life_days", priors.median_half_life_days)
    # Minus the log half-life has a Gumbel distribution with this location and scale. It
    # is sampled between itself and its surprise, see `pooling_exponent`.
    location = (ratio + np.log(np.log(2))) / shape - pt.log(median)
    centring = CENTRING * inputs.event_share
    scaled = pm.Gumbel(
        "log_rate_scaled", centring * location, shape**-centring, dims=OUTCOME
    )
    log_rate = location + shape ** (centring - 1) * (scaled - centring * location)
    pm.Deterministic("event_half_life_days", pt.exp(-log_rate), dims=OUTCOME)
    left = pt.exp(-np.log(2) * pt.exp(log_rate))
    # Before the first event there is nothing to decay.
    latest = pm.Data("latest_event", inputs.latest_event, dims=(DAY, TENOR))
    return pt.concatenate([left, pt.zeros(1)])[latest]


def _dynamics(priors: JointDecayPriors) -> dict[str, Variable]:
    memory = log_normal("covariance_half_life_days", priors.covariance_half_life_days)
    share = pm.Beta("covariance_reaction", *priors.covariance_reaction)
    scale_memory = log_normal("scale_half_life_days", priors.scale_half_life_days)
    above_two = log_normal("freedom_above_two", priors.freedom_above_two)
    persistence = 2 ** (-1 / memory)
    return {
        "covariance_persistence": persistence,
        "covariance_reaction": share * persistence,
        "scale_persistence": 2 ** (-1 / scale_memory),
        "scale_reaction": log_normal("scale_reaction", priors.scale_reaction),
        "degrees_of_freedom": pm.Deterministic("degrees_of_freedom", 2 + above_two),
    }


def joint_data_variables(inputs: JointInputs) -> dict[str, Any]:
    """Every data variable of the model, by name."""
    basis = inputs.basis[OBSERVED].transpose(DAY, TENOR).to_numpy()
    is_quoted = np.isfinite(basis)
    arrays = {
        "is_event_day": inputs.is_event_day,
        "latest_event": inputs.latest_event,
        "is_quoted": is_quoted.astype(np.float64),
        "quoted_basis_bp": np.where(is_quoted, basis, 0.0),
        COVARIATES: inputs.standardized.T,
        ROTATION: principal_axes(inputs.standardized),
        MIX_WEIGHT: inputs.mix_weight,
        MIX: inputs.mix,
        DATE: inputs.date,
    }
    if inputs.covariates.empty:
        del arrays[COVARIATES], arrays[ROTATION]
    if not inputs.has_shared_dates:
        del arrays[DATE]
    return arrays
