r"""Regressions of trading costs as PyMC models.

``absolute`` and ``signed`` are Gaussian mixed models, see
`models.likelihoods.mixed.factor`: coefficients and effects are integrated out, so that
the model's parameters are standard deviations alone. ``joint`` is

.. math::

    d_j = D_j h_j + u_j, \qquad \log E h_j = x_j'\beta + a_{i(j)} + b_{t(j)}, \qquad
    \log \mathrm{sd}\, u_j = w_j'\gamma

with the cost h a mixture of Erlang-1 and Erlang-2, the direction D the customer's side
with the probability of a taker, and errors q of the forecast of the next indicative
mid Student t with standard deviations :math:`\exp(w'\gamma)`, which tell gamma apart
from the cost (`models.likelihoods.one_sided.op`).

=====================  ==================  ===========================================
name in code           shape               unit
=====================  ==================  ===========================================
residual_sd            scalar              bp, of a row of weight 1
security_sd, day_sd    (effect,)           bp (joint: log cost)
coefficient            (coefficient,)      bp a unit of its column (joint: log cost)
security_effect        (security, effect)  the same
noise_coefficient      (noise,)            log standard deviation of the error
taker_share            scalar              of trades in which the customer pays
second_share           scalar              of Erlang-2 in the costs
cost_tail              scalar              sd of the log scale of costs
=====================  ==================  ===========================================
"""

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.graph.basic import Variable

from data.arrays import FloatArray
from data.dims import COEFFICIENT, DAY, EFFECT, NOISE, QUOTE, SECURITY, STATISTIC, TRADE
from data.trading_costs.panel import TradingCostsPanel
from models.likelihoods.mixed.distribution import GaussianMixed, response_statistics
from models.likelihoods.one_sided.op import one_sided_op
from models.trading_costs.inputs import GaussianInputs, JointInputs, select_inputs
from models.trading_costs.joint_starts import cost_start, noise_start, normal_near
from models.trading_costs.specification import (
    TradingCostsPriors,
    TradingCostsSpecification,
)

STATISTICS = "response_statistics"
DEVIATION = "deviation_bp"
QUOTE_ERROR = "quote_error_bp"
TYPICAL_COST_BP = 0.1

HALF = 0.5
"""Probability of either direction where a side is not known."""


def trading_costs_model(
    panel: TradingCostsPanel,
    specification: TradingCostsSpecification,
    priors: TradingCostsPriors | None = None,
) -> pm.Model:
    """Build a regression of trading costs on a panel.

    Returns
    -------
    pm.Model
        Unsampled. Of ``absolute`` and ``signed`` the observed variable is
        ``response_statistics``, of ``joint`` ``deviation_bp`` (trade) and
        ``quote_error_bp`` (quote).

    Raises
    ------
    DataError
        See `models.trading_costs.inputs.select_inputs`.
    """
    priors = priors or TradingCostsPriors()
    inputs = select_inputs(panel, specification, priors)
    return model_from_inputs(inputs, specification, priors)


def model_from_inputs(
    inputs: GaussianInputs | JointInputs,
    specification: TradingCostsSpecification,
    priors: TradingCostsPriors,
) -> pm.Model:
    """Build a regression on inputs of `select_inputs`."""
    if isinstance(inputs, JointInputs):
        return _joint_model(inputs, priors, specification.cost_shape == "tailed")
    return _gaussian_model(inputs, priors)


def _gaussian_model(inputs: GaussianInputs, priors: TradingCostsPriors) -> pm.Model:
    design, totals = inputs.design, inputs.totals
    unit = design.levels.response_sd
    size = len(response_statistics(totals))
    coords = {EFFECT: design.slopes, STATISTIC: np.arange(size)}
    with pm.Model(coords=coords) as model:
        residual = pm.LogNormal("residual_sd", np.log(unit), priors.residual_log_sd)
        group = _scale("security", design.slopes, unit * priors.effect_sd)
        crossed = None
        if design.date_slopes:
            crossed = _scale("day", design.date_slopes, unit * priors.effect_sd)
        GaussianMixed(
            STATISTICS,
            residual_sd=residual,
            group_scale=group,
            crossed_scale=crossed,
            prior_precision=inputs.prior_precision,
            totals=totals,
            dims=STATISTIC,
        )
    return model


def _scale(name: str, slopes: list[str], unit: float) -> Variable:
    """Lower triangular scale of effects that vary by a group."""
    if len(slopes) == 1:
        return pm.HalfNormal(f"{name}_sd", unit) * np.eye(1)
    spread = pm.HalfNormal.dist(unit, size=len(slopes))
    cholesky, _, sd = pm.LKJCholeskyCov(
        f"{name}_covariance",
        n=len(slopes),
        eta=2.0,
        sd_dist=spread,
        store_in_trace=False,
    )
    pm.Deterministic(f"{name}_sd", sd)
    pm.Deterministic(f"{name}_scale", cholesky)
    return cholesky


def _joint_model(
    inputs: JointInputs, priors: TradingCostsPriors, has_tail: bool
) -> pm.Model:
    design = inputs.design
    coords = {
        COEFFICIENT: design.names,
        NOISE: list(inputs.noise_names),
        SECURITY: design.levels.securities,
        DAY: design.levels.dates,
        TRADE: np.arange(len(inputs.deviation)),
        QUOTE: np.arange(len(inputs.quote_error)),
    }
    with pm.Model(coords=coords) as model:
        noise_sd = np.full(len(inputs.noise_names), priors.log_slope_sd)
        noise_sd[0] = priors.log_cost_sd
        middle = np.zeros(len(noise_sd))
        middle[0] = np.log(0.2)
        data = {name: pm.Data(name, x) for name, x in joint_data(inputs).items()}
        log_cost = _log_cost(inputs, data, priors)
        near = noise_start(inputs, middle, noise_sd)
        gamma = normal_near("noise_coefficient", middle, noise_sd, near, NOISE)
        taker = pm.Beta("taker_share", *priors.taker_share)
        second = pm.Uniform("second_share", 0.0, 1.0)
        tail = pm.HalfNormal("cost_tail", 0.5) if has_tail else pt.zeros(())
        sign = data["sign"]
        up = pt.switch(sign > 0, taker, pt.switch(sign < 0, 1.0 - taker, HALF))
        pm.CustomDist(
            DEVIATION,
            log_cost,
            pt.dot(data["noise_regressor"], gamma),
            up,
            second,
            tail,
            logp=_tailed_density if has_tail else _density,
            random=_simulate_deviations,
            class_name="OneSidedCost",
            observed=data["deviation"],
            dims=TRADE,
        )
        if len(inputs.quote_error):
            freedom = 2.0 + pm.Gamma("excess_degrees_of_freedom", 2.0, 0.1)
            sd = pt.exp(pt.dot(data["quote_noise_regressor"], gamma))
            pm.StudentT(
                QUOTE_ERROR,
                nu=freedom,
                mu=0.0,
                sigma=sd * pt.sqrt((freedom - 2.0) / freedom),
                observed=data["quote_error"],
                dims=QUOTE,
            )
    return model


def joint_data(inputs: JointInputs) -> dict[str, Any]:
    """Data variables of a ``joint`` model, by name."""
    found = {
        "fixed": inputs.fixed,
        "security_code": inputs.security,
        "day_code": inputs.date,
        "sign": inputs.sign,
        "noise_regressor": inputs.noise,
        "deviation": inputs.deviation,
    }
    if len(inputs.quote_error):
        found |= {
            "quote_noise_regressor": inputs.quote_noise,
            "quote_error": inputs.quote_error,
        }
    return found


def _log_cost(
    inputs: JointInputs, data: dict[str, Variable], priors: TradingCostsPriors
) -> Variable:
    """Log mean cost of each trade: coefficients, securities and days."""
    design = inputs.design
    is_intercept = np.array([name == "Intercept" for name in design.names])
    sd = np.where(is_intercept, priors.log_cost_sd, priors.log_slope_sd)
    # Bins that stand in for the intercept have its prior, around the same cost.
    is_level = is_intercept | (not is_intercept.any())
    middle = np.where(is_level, np.log(TYPICAL_COST_BP), 0.0)
    sd = np.where(is_level, priors.log_cost_sd, sd / design.column_sd)
    near = cost_start(inputs, middle, sd)
    beta = normal_near("coefficient", middle, sd, near, COEFFICIENT)
    found = pt.dot(data["fixed"], beta)
    for name, dim in (("security", SECURITY), ("day", DAY)):
        if name == "day" and not design.date_slopes:
            continue
        spread = pm.HalfNormal(f"{name}_sd", priors.log_effect_sd)
        scaled = pm.Normal(f"{name}_effect_scaled", 0.0, 1.0, dims=dim)
        effect = pm.Deterministic(f"{name}_effect", spread * scaled, dims=dim)
        found = found + effect[data[f"{name}_code"]]
    return found


def _density(value: Any, *parameters: Any) -> Variable:
    log_cost, log_sd, up, second, tail = parameters
    return one_sided_op(has_tail=False)(
        log_cost, log_sd, up, pt.atleast_1d(second), pt.atleast_1d(tail), value
    )[0]


def _tailed_density(value: Any, *parameters: Any) -> Variable:
    log_cost, log_sd, up, second, tail = parameters
    return one_sided_op(has_tail=True)(
        log_cost, log_sd, up, pt.atleast_1d(second), pt.atleast_1d(tail), value
    )[0]


def _simulate_deviations(
    log_cost: FloatArray,
    log_sd: FloatArray,
    up: FloatArray,
    second: FloatArray,
    tail: FloatArray,
    rng: np.random.Generator,
    size: Any = None,
) -> FloatArray:
    """Draw deviations: direction times cost, plus error."""
    shape = np.broadcast_shapes(log_cost.shape, log_sd.shape, up.shape)
    is_second = rng.random(shape) < second
    scale = np.exp(log_cost) / (1 + second)
    scale = scale * np.exp(tail * rng.standard_normal(shape) - 0.5 * tail**2)
    cost = scale * rng.gamma(1.0 + is_second)
    direction = np.where(rng.random(shape) < up, 1.0, -1.0)
    drawn = direction * cost + np.exp(log_sd) * rng.standard_normal(shape)
    return np.asarray(drawn)
