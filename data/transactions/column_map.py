"""A user's own file format, described in a TOML file."""

import tomllib
from pathlib import Path
from typing import Any

from data.errors import DataError
from data.transactions.dialects import REQUIRED, Dialect
from data.transactions.layout import MESSAGE_NAMES

_KEYS = {"delimiter", "trailer", "time", "columns", "codes", "constants"}

_TIMES = ("clock", "seconds")


def read_column_map(path: Path) -> Dialect:
    """Read a column map.

    Parameters
    ----------
    path : Path
        TOML with ``[columns]``, column of the layout = column of the file; optionally
        ``delimiter``, ``trailer``, ``time`` (``clock`` or ``seconds``), tables
        ``[codes.COLUMN]``, the file's code = the layout's, and ``[constants]``.

    Raises
    ------
    DataError
        The file is no TOML, names an unknown key or column, or lacks a column that
        nothing can be done without.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(
            f"{path} is no TOML file: {error}", "Mend that line."
        ) from error
    _refuse_unknown(path, "key", set(content), _KEYS)
    columns = _table(path, content, "columns")
    codes = _table(path, content, "codes")
    constants = _table(path, content, "constants")
    for part in (columns, codes, constants):
        _refuse_unknown(path, "column", set(part), set(MESSAGE_NAMES))
    missing = [
        name
        for name in (*REQUIRED, "status")
        if name not in columns and name not in constants
    ]
    if missing:
        raise DataError(
            f"{path} says nothing of {', '.join(missing)}.",
            "Name their columns under [columns], or a value of all rows under "
            '[constants], such as status = "T" for a file of trades.',
        )
    time = content.get("time", _TIMES[0])
    if time not in _TIMES:
        raise DataError(
            f"{path}: time is {time!r}.", f"Write one of {', '.join(_TIMES)}."
        )
    return Dialect(
        path.name,
        ({str(theirs): ours for ours, theirs in columns.items()},),
        str(content.get("delimiter", ",")),
        has_trailer=bool(content.get("trailer", False)),
        needed=tuple(columns),
        codes={
            name: {str(theirs).upper(): str(ours) for theirs, ours in table.items()}
            for name, table in codes.items()
        },
        numeric_time=time,
        text_time=time,
        constants={name: str(value) for name, value in constants.items()},
    )


def _table(path: Path, content: dict[str, Any], name: str) -> dict[str, Any]:
    table = content.get(name, {})
    if not isinstance(table, dict):
        raise DataError(f"{path}: {name} is no table.", f"Write it as [{name}].")
    return table


def _refuse_unknown(path: Path, kind: str, found: set[str], known: set[str]) -> None:
    unknown = sorted(found - known)
    if unknown:
        raise DataError(
            f"{path} names no {kind} of ours: {', '.join(unknown)}.",
            f"The {kind}s are {', '.join(sorted(known))}.",
        )
