"""Traces on disk: one netCDF file a run, complete or not there at all."""

import json
import platform
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

import xarray as xr

from data.commands.memory import require_memory
from data.commands.simulated import SIMULATED, note_simulated
from data.errors import DataError
from data.files.atomic import replacing, require_place
from inference.settings import SamplerSettings

TRACE_FORMAT = 1
"""Number of the layout of groups and attributes, written to every trace."""

ENGINE: Literal["netcdf4"] = "netcdf4"
"""Writes and reads nested groups; HDF5 notices a file that was cut off."""

JSON_ATTRIBUTES = "json_attributes"
"""Attribute that lists those which `write_trace` encoded: a path may look like JSON."""

OWN_DISTRIBUTION = "treasury-liquidity-workbench"

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
    return {
        "python": platform.python_version(),
        OWN_DISTRIBUTION: _version(OWN_DISTRIBUTION),
        **{name: _version(name) for name in RECORDED_DISTRIBUTIONS},
    }


def require_unwritten(out: Path, *, is_forced: bool) -> None:
    """Refuse a name that a trace cannot have, or has, before anything is sampled.

    Raises
    ------
    DataError
        If the name does not end in ``.nc``, or is none that netCDF can write; or a file
        stands there and is not to be replaced.
    """
    if out.suffix != ".nc":
        raise DataError(f"--out {out} does not end in .nc", "Name it traces/NAME.nc.")
    _require_name_for_netcdf(out)
    if out.exists() and not is_forced:
        raise DataError(
            f"{out} stands already", "Name another trace, or replace it with --force."
        )
    require_place(out)


def _require_name_for_netcdf(path: Path) -> None:
    """Refuse what netCDF's library takes for another file, or for none."""
    name = str(path)
    if "\\" in name or name.encode(errors="ignore").decode() != name:
        raise DataError(
            f"{path}: netCDF can neither write nor read a name with a backslash, or "
            "with bytes that are no text",
            "Rename the file, or the folder that it is in.",
        )


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        # Copied rather than installed: no reason to lose a trace.
        return "unknown"


def write_trace(tree: xr.DataTree, path: Path) -> None:
    """Write a trace so that a reader sees the old file or the new, never a part.

    Parameters
    ----------
    tree : xr.DataTree
        Trace to write. Attributes of its root that netCDF has no type for are encoded
        as JSON.
    path : Path
        Name of the file, ending in ``.nc``.

    Raises
    ------
    DataError
        If the name does not end in ``.nc``; or if the place refuses the file, naming
        the temporary folder that the trace was written to instead.
    """
    if path.suffix != ".nc":
        raise DataError(f"{path} does not end in .nc", "Name the trace NAME.nc.")
    encoded = tree.copy(deep=False)
    encoded.attrs = _encoded(tree.attrs) | {"trace_format": TRACE_FORMAT}
    try:
        write_groups(encoded, path)
    except OSError as error:
        # Whatever is the matter with the place or the name, it is not with these.
        spare = Path(tempfile.mkdtemp(prefix="rescued-")) / "trace.nc"
        write_groups(encoded, spare)
        raise DataError(
            f"{path} could not be written ({error}); the trace is kept in {spare}",
            f"Move it to where it belongs: mv {spare} {path}",
        ) from error


def write_groups(tree: xr.DataTree, path: Path) -> None:
    """Write groups to netCDF, completely or not at all.

    Raises
    ------
    OSError
        The place refuses the file.
    """
    with replacing(path) as temporary:
        try:
            tree.to_netcdf(temporary, engine=ENGINE)
        except (RuntimeError, UnicodeError) as error:
            # So netCDF calls a full disk, and a name that is no text.
            raise OSError(f"{path}: {error}") from error


def _encoded(attributes: Mapping[Any, Any]) -> dict[str, Any]:
    """Attributes as netCDF takes them, with the list of those that became JSON."""
    plain: dict[str, Any] = {}
    as_json = []
    for name, value in attributes.items():
        if isinstance(value, str):
            # Names of files need not be text; netCDF's strings are.
            plain[name] = value.encode("utf-8", "backslashreplace").decode("utf-8")
        elif isinstance(value, float) or _fits(value):
            plain[name] = value
        else:
            plain[name] = json.dumps(value, default=_as_json)
            as_json.append(name)
    return {**plain, JSON_ATTRIBUTES: json.dumps(as_json)}


def _fits(value: Any) -> bool:
    """Whether a value is a whole number that netCDF can hold."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return is_whole and -(2**63) <= value < 2**63


def _as_json(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else str(value)


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
        If the file is missing, is cut off, is no netCDF file, holds more than memory
        does, or was not written by this project.
    """
    if not path.is_file():
        raise DataError(f"{path} is not a file", "Check the name of the trace.")
    _require_name_for_netcdf(path)
    try:
        # Absolute: what begins with a blank or like an address is a file all the same.
        with xr.open_datatree(path.absolute(), engine=ENGINE) as stored:
            require_memory(stored.nbytes, f"{path}, when read,", _FIT_AGAIN)
            tree = stored.load()
    except DataError:
        raise
    except Exception as error:
        # Whatever netCDF and xarray say of bytes that somebody else wrote.
        raise DataError(
            f"{path} is damaged or no netCDF file: {_first_line(error)}", _FIT_AGAIN
        ) from error
    if tree.attrs.get("trace_format") != TRACE_FORMAT or "posterior" not in tree:
        raise DataError(f"{path} is no trace of this project", _FIT_AGAIN)
    tree.attrs = _decoded(tree.attrs, path)
    note_simulated([str(tree.attrs.get(SIMULATED, ""))])
    return tree


def _decoded(attributes: Mapping[Any, Any], path: Path) -> dict[str, Any]:
    """Attributes as they were before `write_trace` encoded them."""
    # Traces that do not list what was encoded hold no other mappings and lists.
    listed = attributes.get(JSON_ATTRIBUTES)
    decoded = {}
    for name, value in attributes.items():
        if name == JSON_ATTRIBUTES:
            continue
        plain = value.item() if getattr(value, "size", 0) == 1 else value
        if isinstance(plain, str) and (
            plain[:1] in ("{", "[") if listed is None else name in _listed(listed, path)
        ):
            plain = _parsed(plain, f"{path}: attribute {name}", is_sure=listed)
        decoded[name] = plain
    return decoded


def _listed(names: Any, path: Path) -> list[str]:
    found = _parsed(str(names), f"{path}: attribute {JSON_ATTRIBUTES}", is_sure=True)
    return [str(name) for name in found] if isinstance(found, list) else []


def _parsed(text: str, what: str, *, is_sure: Any) -> Any:
    """Value of an attribute in JSON; itself where it need not be any."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        if not is_sure:
            return text
        raise DataError(
            f"{what} cannot be read: {_first_line(error)}", _FIT_AGAIN
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
