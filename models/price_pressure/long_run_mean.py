r"""A prior for the long-run mean of a persistent series that NUTS can explore.

The data inform the mean :math:`\mu` of a persistent series through its drift alone:
over T dates of ``x_t = theta x_{t-1} + (1 - theta) mu + omega_t`` they add precision
:math:`T (1 - \theta)^2 / q`. With a short half-life the mean is pinned to the sample's,
with a long one it keeps its prior: a funnel, in which a sampler gets stuck. The prior
is the plain normal; only the scale on which it is sampled changes, to

.. math::

    z = (\mu - m) / s, \quad s^{-2} = s_0^{-2} + T (1 - \theta)^2 / q, \quad
    m = s^2 \bigl(s_0^{-2} m_0 + T (1 - \theta)^2 q^{-1} \bar x\bigr),

which is near standard normal given the half-life and the innovations.
"""

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import ArrayLike
from pymc.distributions.transforms import Transform
from pytensor.graph.basic import Variable


class DriftWhitening(Transform):
    """Centre and scale a mean by what prior and drift say of it.

    Parameters
    ----------
    num_dates : int
        T.
    """

    # PyMC takes the name apart at underscores, so it has none.
    name = "whitened"

    def __init__(self, num_dates: int) -> None:
        self.num_dates = num_dates

    def forward(self, value: Variable, *inputs: Variable) -> Variable:
        """From the mean to z."""
        centre, scale = self._centre_and_scale(*inputs)
        return (value - centre) / scale

    def backward(self, value: Variable, *inputs: Variable) -> Variable:
        """From z to the mean."""
        centre, scale = self._centre_and_scale(*inputs)
        return centre + scale * value

    def log_jac_det(self, value: Variable, *inputs: Variable) -> Variable:
        """Log of the scale, by series."""
        _, scale = self._centre_and_scale(*inputs)
        return pt.log(scale) + pt.zeros_like(value)

    def _centre_and_scale(self, *inputs: Variable) -> tuple[Variable, Variable]:
        # A random variable's inputs are its generator, its size and its parameters.
        prior_mean, prior_sd, persistence, innovation_sd, sample_mean = inputs[-5:]
        from_prior = prior_sd**-2
        from_drift = self.num_dates * ((1 - persistence) / innovation_sd) ** 2
        precision = from_prior + from_drift
        centre = from_prior * prior_mean + from_drift * sample_mean
        return centre / precision, precision**-0.5


def LongRunMean(  # noqa: N802
    name: str,
    *,
    mean: ArrayLike,
    sd: ArrayLike,
    persistence: Any,
    innovation_sd: Any,
    num_dates: int,
    sample_mean: Any,
    dims: str,
) -> Variable:
    """Add a normal long-run mean to the model on the context stack.

    Parameters
    ----------
    name : str
        Name of the variable.
    mean, sd : (series,) array_like
        Its prior.
    persistence, innovation_sd : (series,) tensor
        Of the series whose mean it is; they set the sampler's scale, not the prior.
    num_dates : int
        Length of the sample.
    sample_mean : (series,) tensor
        A rough mean of each series over the sample. It need not be exact: it moves
        the sampler's origin, not the posterior.
    dims : str
        Name of the dimension.

    Returns
    -------
    TensorVariable
        (series,) random variable.
    """
    return pm.CustomDist(
        name,
        np.asarray(mean, dtype=np.float64),
        np.asarray(sd, dtype=np.float64),
        persistence,
        innovation_sd,
        sample_mean,
        logp=_log_density,
        random=_draw,
        signature="(),(),(),(),()->()",
        class_name="LongRunMean",
        transform=DriftWhitening(num_dates),
        dims=dims,
    )


def _log_density(
    value: Variable, mean: Variable, sd: Variable, *_scale: Variable
) -> Variable:
    return pm.logp(pm.Normal.dist(mean, sd), value)


def _draw(
    mean: Any, sd: Any, *_scale: Any, rng: np.random.Generator, size: Any = None
) -> Any:
    return rng.normal(mean, sd, size=size)
