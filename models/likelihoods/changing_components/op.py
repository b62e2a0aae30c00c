"""Changing components as a PyTensor Op with an analytic gradient.

`changing_components_op` puts the compiled passes of
`models.likelihoods.changing_components.passes` into a PyTensor graph.
"""

from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.graph.basic import Variable

from models.likelihoods.changing_components.arrays import components_of, predicted_of
from models.likelihoods.changing_components.passes import changing_passes
from models.likelihoods.compiled.source_version import source_version
from models.likelihoods.score_driven.op import score_driven_log_density
from models.likelihoods.two_pass import Array, Passes, TwoPassOp, two_pass_op

CACHE_VERSION = source_version(__name__)

DIFFERENTIABLE = ("log_density", "standardized_innovation")
"""What of `Predicted` may be differentiated."""


def described_passes(num_components: int) -> Passes:
    """Describe the passes of `models.likelihoods.changing_components.passes`."""
    run = changing_passes(num_components)
    return Passes(
        name="changing_components",
        inputs={
            name: Array(shape=shape, has_gradient=name != "is_observed")
            for name, shape in components_of(num_components)._asdict().items()
        },
        outputs={
            name: Array(shape=shape, has_gradient=name in DIFFERENTIABLE)
            for name, shape in predicted_of(num_components)._asdict().items()
        },
        forward=run.forward,
        backward=run.backward,
        version=CACHE_VERSION,
    )


def changing_components_op(num_components: int) -> TwoPassOp:
    """Op from the fields of `Components` to those of `Predicted`."""
    return two_pass_op(described_passes, num_components)


def changing_components_log_likelihood(*components: Any) -> Variable:
    """One-step-ahead log predictive density of each date, normal innovations.

    Parameters
    ----------
    *components : tensors
        Fields of `models.likelihoods.changing_components.arrays.Components`; the number
        of components of ``persistence`` must be known when the graph is built.

    Returns
    -------
    (time,) tensor
        Sum over the series. -inf at all dates where a variance does not exist.
    """
    return changing_components_op(_num_components(components))(*components)[0].sum(1)


def score_driven_components_log_likelihood(
    *components: Any, **dynamics: Any
) -> Variable:
    """One-step-ahead log predictive density of each date, score-driven innovations.

    Means and variances move as they do for normal innovations; the standardised
    innovations z of all series have the density of
    `models.likelihoods.score_driven.op.score_driven_log_density` in the place of
    independent standard normal ones.

    Parameters
    ----------
    *components : tensors
        As of `changing_components_log_likelihood`; the number of series must be known
        too.
    **dynamics : scalars
        As of `score_driven_log_density`.

    Returns
    -------
    (time,) tensor
        -inf at all dates where a variance or a scale matrix does not exist.
    """
    is_observed = components[1]
    normal, z, *_ = changing_components_op(_num_components(components))(*components)
    # The log density of standard normal innovations, taken out again.
    standard = -0.5 * (z**2 + np.log(2 * np.pi) * is_observed)
    num_series = pt.as_tensor_variable(components[2]).type.shape[1]
    z = pt.specify_shape(z, (None, num_series))
    driven = score_driven_log_density(z, is_observed, **dynamics)
    return (normal - standard).sum(1) + driven


def _num_components(components: Any) -> int:
    shape = pt.as_tensor_variable(components[2]).type.shape
    if shape[-1] is None:
        raise ValueError(
            f"persistence must have a static number of components; got shape {shape}. "
            "Use pytensor.tensor.specify_shape."
        )
    return int(shape[-1])
