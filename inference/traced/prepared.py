"""A model ready to be fitted, whichever model it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pymc as pm
import xarray as xr
from numpy.typing import NDArray

from inference.checks.fit_to_data import FamilyChecks

EARLIER_DATES = "observations of all earlier dates"
"""What a density one step ahead is given."""

Point = Mapping[str, NDArray[np.float64]]
"""Values of the free parameters by name."""

Predictions = Callable[[pm.Model, xr.Dataset], xr.Dataset]
"""Maps a model and draws of its parameters to what each draw predicts of each date from
the data of all earlier ones, (sample, time, ...)."""

Derivation = Callable[[pm.Model, xr.DataTree, int, int], dict[str, xr.Dataset]]
"""Maps model, trace, number of draws and seed to further groups of the trace, or to
what is to stand in place of some."""


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
    starts: Sequence[Point]


class Masking(NamedTuple):
    """How dates are hidden from a model that is to predict them.

    Attributes
    ----------
    name : str
        Data variable with 0 where an observation does not count, time first.
    past : callable, optional
        Maps a number of dates to what they alone tell, where priors or starts are
        taken from the data.
    predict : callable, optional
        What leave-future-out scores keep of each date besides its score, averaged over
        the draws: ``pit``, the probability below the observed value (NaN where not
        observed), and what else the model forecasts.
    """

    name: str
    past: Callable[[int], Past] | None = None
    predict: Predictions | None = None


@dataclass(frozen=True, kw_only=True)
class PreparedModel:
    """An unsampled model, its data, and what its trace has to hold.

    Parameters
    ----------
    model : pm.Model
        Unsampled model.
    used : xr.Dataset
        The inputs that the model uses, and no others: group ``panel`` of the trace.
    description : dict
        Attributes of the trace: ``model``, ``variant``, ``data_sha256``,
        ``data_source`` and all else that building the model again takes.
    derive : callable
        Computes the groups that only this model has, such as smoothed states.
    checks : FamilyChecks
        What the verdict on its trace looks at.
    derive_prior : callable, optional
        As `derive`, of a trace that holds draws from the prior alone: what is to stand
        in place of its groups.
    starts : sequence of Point, optional
        Points that the data suggest. The search for the posterior mode, where all
        chains then start, begins at each of them and at scattered points. None where
        the density has no highest point, as that of effects and their own common
        spread: the sampler then scatters its starts itself.
    masking : Masking, optional
        None for a model that knows no order in time: no date can be predicted.
    imputations : sequence of mappings
        Data variables by name of every imputation, where the data are themselves
        several draws: the posterior given each is sampled, and all are pooled.
    incidental_dims : tuple of str
        Dimensions along which parameters grow in number with the data, such as the
        effects of dates. They are judged together, see `inference.checks.diagnostics`.
    density_draws : int, optional
        Draws whose log densities are kept, see `inference.sampling.sample_posterior`.
    conditional_on : str
        What each log density of an observation is given besides the parameters; empty
        if nothing. Kept as an attribute of ``log_likelihood``: where there is anything,
        `arviz.loo` of it is not leave-one-out.
    notes : sequence of str
        To be read before the fit: what was left out, what the data cannot tell.
    """

    model: pm.Model
    used: xr.Dataset
    description: dict[str, Any]
    derive: Derivation
    checks: FamilyChecks
    derive_prior: Callable[[xr.DataTree, int], dict[str, xr.Dataset]] | None = None
    starts: Sequence[Point] | None = ()
    masking: Masking | None = None
    imputations: Sequence[Mapping[str, Any]] = ()
    incidental_dims: tuple[str, ...] = ()
    density_draws: int | None = None
    conditional_on: str = ""
    notes: Sequence[str] = ()


def start_at_posterior_mean(
    prepared: PreparedModel, draws: xr.Dataset
) -> PreparedModel:
    """Let the search for the mode begin where an earlier posterior was, too.

    Parameters
    ----------
    prepared : PreparedModel
        Model of the same parameters.
    draws : (chain, draw, ...) xr.Dataset
        Posterior of the earlier fit.

    Returns
    -------
    PreparedModel
        As it was where it searches for no mode, or where the earlier posterior lacks a
        parameter or has it in another shape.
    """
    shapes = prepared.model.eval_rv_shapes()
    free = [variable.name for variable in prepared.model.free_RVs]
    if prepared.starts is None or not set(free) <= set(draws):
        return prepared
    mean = draws[free].mean(("chain", "draw"))
    point = {name: mean[name].to_numpy() for name in free}
    if any(point[name].shape != shapes[name] for name in free):
        return prepared
    return replace(prepared, starts=(point, *prepared.starts))
