"""What a trace promises whoever reads it: groups, their variables and dimensions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import xarray as xr

from inference.sampling import SAMPLE_DIMS, SAMPLE_STATISTICS

SAMPLE = "sample"
"""Dimension of quantities as long as the data: draws of all chains, thinned."""

Dims = tuple[str, ...]

Groups = Mapping[str, Mapping[str, Dims]]
"""Name of a group -> name of a variable -> its dimensions. A group without variables
is promised, but not what is in it."""


def optional(dim: str) -> str:
    """Mark a dimension that some traces lack, such as that of a single security."""
    return f"[{dim}]"


@dataclass(frozen=True, kw_only=True)
class TraceLayout:
    """Groups, variables and dimensions that traces of a model hold.

    Attributes
    ----------
    always : Groups
        What every trace holds.
    sometimes : Groups
        What traces of some variants or data hold, or those that were scored.
    """

    always: Groups
    sometimes: Groups = field(default_factory=dict)

    def missing_groups(self, trace: xr.DataTree) -> list[str]:
        """Groups that every trace holds, and this one does not."""
        return [group for group in self.always if group not in trace.children]

    def broken_promises(self, trace: xr.DataTree) -> list[str]:
        """What a trace lacks of what is promised, or holds along other dimensions.

        Parameters
        ----------
        trace : xr.DataTree
            Of the model.

        Returns
        -------
        list of str
            Such as ``smoothed/factor_bp (sample, week, factor)``.
        """
        found = self.missing_groups(trace)
        for group, name, dims in _variables(self.always):
            if group in trace.children and not _holds(trace[group].dataset, name, dims):
                found.append(f"{group}/{name} ({', '.join(dims)})")
        for group, name, dims in _variables(self.sometimes):
            dataset = trace[group].dataset if group in trace.children else xr.Dataset()
            if name in dataset and not _holds(dataset, name, dims):
                found.append(f"{group}/{name} ({', '.join(dims)})")
        return found

    def unpromised(self, trace: xr.DataTree) -> list[str]:
        """Groups, and variables of promised groups, that no reader may rely on.

        Parameters
        ----------
        trace : xr.DataTree
            Of the model.

        Returns
        -------
        list of str
            Such as ``smoothed/factor_bp``.
        """
        promised = joined(self.always, self.sometimes)
        found = [group for group in trace.children if group not in promised]
        return found + [
            f"{group}/{name}"
            for group, variables in promised.items()
            if variables and group in trace.children
            for name in trace[group].dataset.data_vars
            if name not in variables
        ]


def _variables(groups: Groups) -> Iterator[tuple[str, str, Dims]]:
    for group, variables in groups.items():
        for name, dims in variables.items():
            yield group, name, dims


def _holds(dataset: xr.Dataset, name: str, dims: Dims) -> bool:
    """Whether a variable is there along its dimensions, in any order."""
    required = {dim for dim in dims if not dim.startswith("[")}
    allowed = {dim.strip("[]") for dim in dims}
    return name in dataset and required <= set(dataset[name].dims) <= allowed


def joined(*several: Groups) -> dict[str, dict[str, Dims]]:
    """Variables of all of them, group by group."""
    result: dict[str, dict[str, Dims]] = {}
    for groups in several:
        for group, variables in groups.items():
            result.setdefault(group, {}).update(variables)
    return result


def drawn(parameters: Mapping[str, Dims]) -> Groups:
    """Draws of parameters from the posterior and the prior.

    Parameters
    ----------
    parameters : mapping of str to Dims
        Dimensions of an element.
    """
    draws = {name: (*SAMPLE_DIMS, *dims) for name, dims in parameters.items()}
    return {"posterior": draws, "prior": draws}


def observed(name: str, dims: Dims, density_dims: Dims) -> Groups:
    """What every fit holds of its observed variable, and of the sampler.

    Parameters
    ----------
    name : str
        The observed variable.
    dims : Dims
        Its dimensions.
    density_dims : Dims
        Those along which it has a log density each.
    """
    replicated = {name: (*SAMPLE_DIMS, *dims)}
    return {
        "sample_stats": dict.fromkeys(SAMPLE_STATISTICS, SAMPLE_DIMS),
        "log_likelihood": {name: (*SAMPLE_DIMS, *density_dims)},
        "log_prior": {},
        "prior_predictive": replicated,
        "posterior_predictive": replicated,
        "observed_data": {name: dims},
        "constant_data": {},
    }


START = "start"

MODE_SEARCH: Groups = {
    "posterior_mode": {},
    "starts": {"log_density": (START,), "mode": (START,), "kind": (START,)},
    "modes": {},
}
"""Of the search for the posterior mode, see `inference.sampling.optimum`."""

CHAIN_STARTS: Groups = {"starts": {"log_density": (START,), "kind": (START,)}}
"""Of chains that started scattered, see `inference.checks.mode_checks`."""


def scored(dates: Dims, predicted: Mapping[str, Dims]) -> Groups:
    """Of `inference.prediction.leave_future_out`.

    Parameters
    ----------
    dates : Dims
        Dimension of dates, or the optional ones of which it is one.
    predicted : mapping of str to Dims
        Means of what the model predicts of each date.
    """
    scores = {"elpd": dates, "pareto_k": dates}
    return {"leave_future_out": {**scores, **predicted}}
