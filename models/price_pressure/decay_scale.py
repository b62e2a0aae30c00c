r"""A prior for the half-life of a persistent series that NUTS can explore.

Over T dates the data tell the decay rate :math:`\kappa = \log 2 / \tau` of a half-life
:math:`\tau` to a variance of :math:`2 \kappa / T`, which is a precision of
:math:`T \kappa / 2` for its logarithm; the log-normal prior adds :math:`s^{-2}`. Where
decay is fast the posterior is thus near normal in :math:`\sqrt\kappa`, where it is slow
in :math:`\log \kappa`, and between the two it is skewed in both. The prior is the plain
log-normal; only the scale on which it is sampled changes, to z with

.. math::

    s \sqrt{T \kappa / 2} = \log\bigl(1 + e^{s z / 2}\bigr),

which moves with :math:`\log(\kappa) / s` where the prior rules and with
:math:`\sqrt{2 T \kappa}` where the data do: of standard deviation near one in both.
"""

from typing import Any

import numpy as np
import pytensor.tensor as pt
from pymc.distributions.transforms import Transform
from pytensor.graph.basic import Variable

from models.priors import LogNormalPrior, log_normal


class DecayRateScale(Transform):
    """Sample a half-life on the scale that its decay rate is known on.

    Parameters
    ----------
    num_dates : float
        T.
    log_sd : float
        s, of the log-normal prior.
    """

    # PyMC takes the name apart at underscores, so it has none.
    name = "decay"

    def __init__(self, num_dates: float, log_sd: float) -> None:
        self.log_sd = log_sd
        self.root_at_half_life_one = log_sd * np.sqrt(num_dates * np.log(2) / 2)

    def forward(self, value: Variable, *inputs: Variable) -> Variable:
        """From the half-life to z."""
        root = self.root_at_half_life_one / pt.sqrt(value)
        # log(exp(root) - 1), which does not overflow.
        return (root + pt.log1mexp(-root)) * (2 / self.log_sd)

    def backward(self, value: Variable, *inputs: Variable) -> Variable:
        """From z to the half-life."""
        return (self.root_at_half_life_one / pt.softplus(self._half(value))) ** 2

    def log_jac_det(self, value: Variable, *inputs: Variable) -> Variable:
        """Log of the half-life's slope in z, by series."""
        half = self._half(value)
        constant = np.log(self.root_at_half_life_one**2 * self.log_sd)
        return constant - 3 * pt.log(pt.softplus(half)) - pt.softplus(-half)

    def _half(self, value: Variable) -> Variable:
        return value * (self.log_sd / 2)


def PersistentHalfLife(  # noqa: N802
    name: str, prior: LogNormalPrior, *, num_dates: float, dims: str | None = None
) -> Variable:
    """Add a log-normal half-life to the model on the context stack.

    Parameters
    ----------
    name : str
        Name of the variable.
    prior : LogNormalPrior
        In dates, or any other unit of time.
    num_dates : float
        Length of the sample in that unit; it sets the sampler's scale, not the prior.
    dims : str, optional
        Name of the dimension; a scalar without it.

    Returns
    -------
    TensorVariable
        (series,) random variable.
    """
    options: dict[str, Any] = {
        # PyMC would apply ours after its own, the logarithm.
        "default_transform": None,
        "transform": DecayRateScale(num_dates, prior.log_sd),
    }
    return log_normal(name, prior, dims, **options)
