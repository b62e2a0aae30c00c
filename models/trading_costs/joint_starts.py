"""Where chains of the ``joint`` response start: near what moments of the data say.

A sampler scatters its starts by a unit of the scale that it samples on. A unit of every
log slope of cost and error leaves starts thousands of nats below the posterior, from
where one chain in some twenty leaps to where no cost is left, and never returns. So
coefficients are sampled in tenths of their priors' standard deviations from a point
that the data suggest; their priors are the same.
"""

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.graph.basic import Variable

from data.arrays import FloatArray
from models.trading_costs.inputs import JointInputs

STEP = 0.1
"""Of a prior's standard deviation."""

MEAN_LOG_ABSOLUTE_NORMAL = -0.635
"""E log|z| of a standard normal z: -(log 2 + Euler's constant) / 2."""

VARIANCE_LOG_ABSOLUTE_NORMAL = np.pi**2 / 8

PAID_LESS_RECEIVED = 0.8
"""2 p - 1 at the prior's mean of the share p of trades whose customer pays."""

FARTHEST = 2.0
"""Prior standard deviations of the start from the prior's mean."""


def normal_near(name: str, mean: Any, sd: Any, near: FloatArray, dims: str) -> Variable:
    """Independent normal variables whose chains start near a point.

    Parameters
    ----------
    name : str
        Of the variables; ``NAME_scaled`` is sampled.
    mean, sd : float or array
        Of the prior.
    near : (size,) float
    dims : str
    """
    step = STEP * sd
    # Not by `initval`: PyMC refuses to transform a model that has any.
    scaled = pm.CustomDist(
        f"{name}_scaled",
        (mean - near) / step,
        sd / step,
        dist=_normal,
        support_point=_zero,
        class_name="NormalNear",
        dims=dims,
    )
    return pm.Deterministic(name, near + step * scaled, dims=dims)


def _normal(mean: Any, sd: Any, size: Any) -> Variable:
    return pm.Normal.dist(mean, sd, size=size)


def _zero(_: Variable, size: Any, mean: Variable, _sd: Variable) -> Variable:
    return pt.zeros_like(mean)


def noise_start(inputs: JointInputs, mean: FloatArray, sd: FloatArray) -> FloatArray:
    """Coefficients of the log error, (noise,), by least squares on the quotes' errors.

    Parameters
    ----------
    inputs : JointInputs
    mean, sd : (noise,) float
        Of the prior, which stands for what quotes do not tell.
    """
    known = inputs.quote_error != 0.0
    regressor = inputs.quote_noise[known]
    log_error = np.log(np.abs(inputs.quote_error[known])) - MEAN_LOG_ABSOLUTE_NORMAL
    precision = regressor.T @ regressor / VARIANCE_LOG_ABSOLUTE_NORMAL
    pull = regressor.T @ (log_error - regressor @ mean) / VARIANCE_LOG_ABSOLUTE_NORMAL
    found = np.linalg.solve(precision + np.diag(sd**-2.0), pull)
    return mean + np.clip(found, -FARTHEST * sd, FARTHEST * sd)


def cost_start(inputs: JointInputs, mean: FloatArray, sd: FloatArray) -> FloatArray:
    """Coefficients of the log cost, (coefficient,): one cost for all trades.

    Parameters
    ----------
    inputs : JointInputs
    mean, sd : (coefficient,) float
        Of the prior; the mean is zero for slopes.
    """
    paid = (inputs.sign * inputs.deviation)[inputs.sign != 0]
    cost = paid.mean() / PAID_LESS_RECEIVED if paid.size else 0.0
    if not cost > 0.0:
        return mean
    level = np.where(mean != 0.0, np.log(cost), 0.0)
    found: FloatArray = np.clip(level, mean - FARTHEST * sd, mean + FARTHEST * sd)
    return found
