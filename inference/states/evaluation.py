"""Parameters of an observed variable at posterior draws, read off the model's graph."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pymc as pm
import xarray as xr
from pymc.model.transform.conditioning import remove_value_transforms

from data.arrays import FloatArray
from inference.sampling import SAMPLE_DIMS, SIMULATION_BACKEND


class ObservedVariable(NamedTuple):
    """An observed variable at several draws of the free parameters.

    Attributes
    ----------
    observation : float array
        Its value.
    parameters : iterator of list of float arrays
        Parameters of its distribution, one list a draw.
    """

    observation: FloatArray
    parameters: Iterator[list[FloatArray]]


def observed_variable(
    model: pm.Model, name: str, draws: xr.Dataset, core_ndim: Sequence[int]
) -> ObservedVariable:
    """Evaluate the distribution of an observed variable at posterior draws.

    Its parameters come from the model's own graph, so that no formula of a model is
    written twice.

    Parameters
    ----------
    model : pm.Model
        Model with the variable.
    name : str
        Name of the variable.
    draws : (chain, draw, ...) xr.Dataset
        Draws of at least every free parameter.
    core_ndim : sequence of int
        Number of dimensions of each parameter; a batch dimension in front is dropped.

    Returns
    -------
    ObservedVariable
        Draws in order, chain after chain.
    """
    untransformed = remove_value_transforms(model)
    variable = untransformed[name]
    evaluate = untransformed.compile_fn(
        untransformed.replace_rvs_by_values(
            variable.owner.op.dist_params(variable.owner)
        ),
        inputs=untransformed.value_vars,
        on_unused_input="ignore",
        mode=SIMULATION_BACKEND,
    )
    names = [value.name for value in untransformed.value_vars]
    stacked = draws[names].stack(sample=SAMPLE_DIMS).transpose("sample", ...)
    columns = [stacked[name].to_numpy() for name in names]

    def parameters() -> Iterator[list[FloatArray]]:
        for values in zip(*columns, strict=True):
            batched = evaluate(dict(zip(names, values, strict=True)))
            yield [
                np.ascontiguousarray(value[0] if value.ndim > ndim else value)
                for value, ndim in zip(batched, core_ndim, strict=True)
            ]

    return ObservedVariable(untransformed.rvs_to_values[variable].eval(), parameters())
