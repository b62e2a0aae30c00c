"""Log density of switching regressions as a PyTensor Op with an analytic gradient.

`regression_log_density` puts the passes of
`models.likelihoods.hidden_markov.emission_passes` into a PyTensor graph. PyTensor's own
operations would add up the gradient one number at a time; here those sums are
vectorised.
"""

from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.graph.basic import Variable

from models.likelihoods.compiled.source_version import source_version
from models.likelihoods.hidden_markov.emission_passes import (
    NORMAL,
    STUDENT_T,
    emission_passes,
)
from models.likelihoods.two_pass import Array, Passes, two_pass_op

CACHE_VERSION = source_version(__name__)


def regression_passes(noise: str, num_covariates: int) -> Passes:
    """Describe the passes of `models.likelihoods.hidden_markov.emission_passes`.

    Parameters
    ----------
    noise : str
        `NORMAL` or `STUDENT_T`.
    num_covariates : int
        P.
    """
    run = emission_passes(noise, num_covariates)
    return Passes(
        name="regression_emission",
        inputs={
            "observation": Array(shape=("N", "T"), has_gradient=False),
            "is_observed": Array(shape=("N", "T"), has_gradient=False),
            "covariates": Array(shape=("T", num_covariates), has_gradient=False),
            "slope": Array(shape=("K", "N", num_covariates)),
            "noise_sd": Array(shape=("K", "N")),
            "degrees_of_freedom": Array(shape=("K",)),
            "constant": Array(shape=("K",)),
        },
        outputs={
            "log_emission": Array(shape=("K", "T"), is_reread=False),
            "standardized_error": Array(shape=("K", "N", "T"), has_gradient=False),
        },
        forward=run.forward,
        backward=run.backward,
        version=CACHE_VERSION,
    )


def regression_log_density(
    observation: Any,
    is_observed: Any,
    covariates: Any,
    slope: Any,
    noise_sd: Any,
    degrees_of_freedom: Any = None,
) -> Variable:
    """Log density of each day's data in each state.

    Parameters
    ----------
    observation, is_observed : (series, time)
        What stands where `is_observed` is 0 is not used. Not differentiated.
    covariates : (P, time)
        Regressors, common to all series. Not differentiated.
    slope : (K, series, P)
        P must be known when the graph is built.
    noise_sd : (K, series)
        Standard deviation of the noise; its scale where it is Student-t.
    degrees_of_freedom : (K,), optional
        Of Student-t noise; the noise is normal without it.

    Returns
    -------
    (K, time) tensor
        Summed over series; zero where none is observed.

    Raises
    ------
    ValueError
        If the number of covariates is unknown.
    """
    slope = pt.as_tensor_variable(slope)
    num_covariates = slope.type.shape[-1]
    if num_covariates is None:
        raise ValueError(
            f"slope must have a static shape; got {slope.type.shape}. "
            "Use pytensor.tensor.specify_shape."
        )
    if degrees_of_freedom is None:
        noise = NORMAL
        nu = pt.full(slope.shape[:1], np.inf)
        constant = pt.full(slope.shape[:1], -0.5 * np.log(2 * np.pi))
    else:
        noise = STUDENT_T
        # A number from Python comes as single precision.
        nu = pt.as_tensor_variable(degrees_of_freedom).astype("float64")
        constant = pt.gammaln(0.5 * (nu + 1)) - pt.gammaln(0.5 * nu)
        constant -= 0.5 * pt.log(nu * np.pi)
    emission = two_pass_op(regression_passes, noise, num_covariates)
    # Inside, a day's covariates lie side by side, as they do in a table of data; two
    # transpositions in a row cost nothing.
    days = pt.as_tensor_variable(covariates).T
    return emission(observation, is_observed, days, slope, noise_sd, nu, constant)[0]
