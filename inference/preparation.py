"""A model ready to be fitted, whichever model it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pymc as pm
import xarray as xr
from numpy.typing import NDArray

Derivation = Callable[[pm.Model, xr.DataTree, int, int], dict[str, xr.Dataset]]
"""Maps model, trace, number of draws and seed to further groups of the trace."""


class Past(NamedTuple):
    """What the dates before one tell besides their observations.

    Attributes
    ----------
    data : mapping of str to array
        Data variables that set the scales of priors.
    starts : sequence of mappings
        Points from which to search for the posterior mode.
    """

    data: Mapping[str, NDArray[np.float64]]
    starts: Sequence[Mapping[str, NDArray[np.float64]]]


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
    past : callable, optional
        Maps a number of dates to what they alone tell, where priors or starts are
        taken from the data.
    """

    model: pm.Model
    mask_name: str
    panel: xr.Dataset
    description: dict[str, Any]
    derive: Derivation
    starts: Sequence[Mapping[str, NDArray[np.float64]]] = ()
    past: Callable[[int], Past] | None = None
