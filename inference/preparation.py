"""A model ready to be fitted, whichever model it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import xarray as xr
from numpy.typing import NDArray

Derivation = Callable[[pm.Model, xr.DataTree, int, int], dict[str, xr.Dataset]]
"""Maps model, trace, number of draws and seed to further groups of the trace."""


@dataclass(frozen=True, kw_only=True)
class PreparedModel:
    """An unsampled model, its data, and what its trace has to hold.

    Parameters
    ----------
    model : pm.Model
        Unsampled model.
    mask_name : str
        Its data variable with 0 where an observation does not count, time first.
    panel : xr.Dataset
        Data of the weeks used, kept in the trace.
    description : dict
        Attributes of the trace: ``model``, ``variant``, ``data_sha256``,
        ``data_source`` and all else that building the model again takes.
    derive : callable
        Computes the groups that only this model has, such as smoothed states.
    starts : sequence of mappings
        Points that the data suggest, values of the free parameters by name. The search
        for the posterior mode starts at each of them and at scattered points.
    """

    model: pm.Model
    mask_name: str
    panel: xr.Dataset
    description: dict[str, Any]
    derive: Derivation
    starts: Sequence[Mapping[str, NDArray[np.float64]]] = ()
