"""Open a trace of a known model, and refuse one that is not what it promises.

Files come from other versions, other programs and other people. What passes here can be
judged, scored and reported without looking again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import xarray as xr

from data.errors import DataError
from inference.sampling import SAMPLE_DIMS
from inference.sampling.incidental import (
    INCIDENTAL_DIMS,
    INCIDENTAL_R_HAT,
    LARGEST_INCIDENTAL_R_HAT,
)
from inference.settings import MINIMUM_DRAWS, SamplerSettings
from inference.store import read_trace
from inference.traced.layout import TraceLayout
from inference.traced.model import TracedModel

ATTRIBUTES: Mapping[str, tuple[type, ...]] = {
    "model": (str,),
    "variant": (str,),
    "data_source": (str,),
    "data_sha256": (str,),
    "settings": (dict,),
    "seed": (int,),
    "versions": (dict,),
    "wall_time_s": (int, float),
    "created": (str,),
}
"""Attribute of every trace -> its types; see `inference.store.stamp_provenance`."""

OF_INCIDENTAL = (INCIDENTAL_R_HAT, LARGEST_INCIDENTAL_R_HAT)
"""Attributes of some traces: name of a parameter -> number."""

OF_DRAWS = ("posterior", "prior", "sample_stats", "log_likelihood", "log_prior")
"""Groups of numbers along chains and draws."""

NUMERIC = "biuf"
"""Kinds of NumPy's types: truth, whole numbers, floating point."""


def read_model_trace(
    path: Path, models: Mapping[str, TracedModel]
) -> tuple[xr.DataTree, TracedModel]:
    """Read a trace, and find the model that it is of.

    Parameters
    ----------
    path : Path
    models : mapping of str to TracedModel
        By name.

    Raises
    ------
    DataError
        The file is no trace, of none of the models, or not as `require_whole` asks.
    """
    tree = read_trace(path)
    name = tree.attrs.get("model")
    if not isinstance(name, str) or name not in models:
        raise DataError(
            f"{path}: the trace is of the model {name!r}, which is not known here",
            f"Give a trace of {', '.join(models)}.",
        )
    require_whole(tree, path, models[name].holds)
    return tree, models[name]


def require_whole(tree: xr.DataTree, path: Path, holds: TraceLayout) -> None:
    """Refuse a trace of an earlier version, or one that was taken apart.

    Parameters
    ----------
    tree : xr.DataTree
        As read.
    path : Path
        Its name, for errors.
    holds : TraceLayout
        What traces of its model promise.

    Raises
    ------
    DataError
        Naming what is missing or of the wrong kind.
    """
    wrong = (
        [f"the attribute {name}" for name in _wrong_attributes(tree.attrs)]
        or [f"the group {name}" for name in holds.missing_groups(tree)]
        or holds.broken_promises(tree)
        or [f"numbers in {name}" for name in _not_numbers(tree)]
        or list(_too_few(tree))
    )
    if wrong:
        model = tree.attrs.get("model")
        raise DataError(
            f"{path}: the trace lacks {', '.join(wrong)}",
            f"Write it again with: python -m inference fit {model} ...",
        )


def _wrong_attributes(attributes: Mapping[Any, Any]) -> Iterator[str]:
    for name, types in ATTRIBUTES.items():
        if not isinstance(attributes.get(name), types):
            yield name
    dims = attributes.get(INCIDENTAL_DIMS, [])
    if not (isinstance(dims, list) and all(isinstance(dim, str) for dim in dims)):
        yield INCIDENTAL_DIMS
    for name in OF_INCIDENTAL:
        limits = attributes.get(name, {})
        if not isinstance(limits, dict) or not all(
            isinstance(value, (int, float)) for value in limits.values()
        ):
            yield name
    settings = attributes.get("settings")
    known = {field.name for field in fields(SamplerSettings)}
    if isinstance(settings, dict) and set(settings) <= known:
        try:
            SamplerSettings(**settings)
        except (TypeError, DataError):
            yield "settings with values that a run can have"
    elif isinstance(settings, dict):
        yield "settings of this version"


def _not_numbers(tree: xr.DataTree) -> Iterator[str]:
    for group in OF_DRAWS:
        for name, variable in tree[group].dataset.data_vars.items():
            if variable.dtype.kind not in NUMERIC:
                yield f"{group}/{name}"


def _too_few(tree: xr.DataTree) -> Iterator[str]:
    """Say which groups have no chains, fewer draws than diagnostics take, or others."""
    posterior = dict(tree["posterior"].sizes)
    if posterior.get("chain", 0) < 1 or posterior.get("draw", 0) < MINIMUM_DRAWS:
        yield f"draws: {MINIMUM_DRAWS} of a chain are the fewest that can be judged"
        return
    for group in OF_DRAWS:
        sizes = dict(tree[group].sizes)
        if any(sizes.get(dim, 1) < 1 for dim in SAMPLE_DIMS):
            yield f"draws in {group}"
        if group != "prior" and sizes.get("chain") != posterior["chain"]:
            yield f"{posterior['chain']} chains in {group}"
    if tree["sample_stats"].sizes.get("draw") != posterior["draw"]:
        yield f"{posterior['draw']} draws in sample_stats"
