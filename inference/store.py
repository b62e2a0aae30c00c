"""Traces on disk: one netCDF file a run, complete or not there at all."""

import json
import platform
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import xarray as xr

from data.errors import DataError
from data.files import replacing
from inference.settings import SamplerSettings

TRACE_FORMAT = 1
"""Number of the layout of groups and attributes, written to every trace."""

ENGINE: Literal["netcdf4"] = "netcdf4"
"""Writes and reads nested groups; HDF5 notices a file that was cut off."""

OWN_PROJECT_FILE = Path(__file__).parents[1] / "pyproject.toml"

RECORDED_DISTRIBUTIONS = (
    "arviz",
    "nutpie",
    "numba",
    "numpy",
    "pymc",
    "pytensor",
    "xarray",
)

_FIT_AGAIN = "Write the trace again with: python -m inference fit ..."


def stamp_provenance(
    tree: xr.DataTree,
    settings: SamplerSettings,
    description: Mapping[str, str],
    wall_time_s: float,
) -> None:
    """Record, as attributes of the root, what the draws depend on.

    Parameters
    ----------
    tree : xr.DataTree
        Changed in place: gains ``versions``, ``settings``, ``seed``, ``wall_time_s``,
        ``created`` (UTC, ISO 8601) and everything in `description`.
    settings : SamplerSettings
        Settings of the run.
    description : mapping of str to str
        What was fitted to what: ``model``, ``variant``, ``data_sha256``,
        ``data_source``.
    wall_time_s : float
        Seconds from the start of the fit to its last draw, compilation included.
    """
    tree.attrs.update(
        description,
        versions=installed_versions(),
        settings=settings.to_dict(),
        seed=settings.seed,
        wall_time_s=wall_time_s,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def installed_versions() -> dict[str, str]:
    """Version of Python, of this project and of what the draws depend on."""
    own = tomllib.loads(OWN_PROJECT_FILE.read_text(encoding="utf-8"))["project"]
    return {
        "python": platform.python_version(),
        own["name"]: own["version"],
        **{name: version(name) for name in RECORDED_DISTRIBUTIONS},
    }


def write_trace(tree: xr.DataTree, path: Path) -> None:
    """Write a trace so that a reader sees the old file or the new, never a part.

    Parameters
    ----------
    tree : xr.DataTree
        Trace to write; mappings and lists among the attributes of its root are encoded
        as JSON.
    path : Path
        Name of the file, ending in ``.nc``.

    Raises
    ------
    DataError
        If the name does not end in ``.nc``.
    """
    if path.suffix != ".nc":
        raise DataError(f"{path} does not end in .nc", "Name the trace NAME.nc.")
    encoded = tree.copy(deep=False)
    encoded.attrs = {
        name: json.dumps(value) if isinstance(value, dict | list) else value
        for name, value in tree.attrs.items()
    } | {"trace_format": TRACE_FORMAT}
    with replacing(path) as temporary:
        encoded.to_netcdf(temporary, engine=ENGINE)


def read_trace(path: Path) -> xr.DataTree:
    """Read a trace into memory.

    Parameters
    ----------
    path : Path
        File that `write_trace` wrote.

    Returns
    -------
    xr.DataTree
        The trace with the attributes of its root decoded.

    Raises
    ------
    DataError
        If the file is missing, is cut off, is no netCDF file, or was not written by
        this project.
    """
    if not path.is_file():
        raise DataError(f"{path} is not a file", "Check the name of the trace.")
    try:
        with xr.open_datatree(path, engine=ENGINE) as stored:
            tree = stored.load()
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise DataError(
            f"{path} is damaged or no netCDF file: {error}", _FIT_AGAIN
        ) from error
    if tree.attrs.get("trace_format") != TRACE_FORMAT or "posterior" not in tree:
        raise DataError(f"{path} is no trace of this project", _FIT_AGAIN)
    tree.attrs = {name: _decoded(value) for name, value in tree.attrs.items()}
    return tree


def _decoded(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        return json.loads(value)
    return value.item() if hasattr(value, "item") else value
