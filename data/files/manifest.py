"""Record of what was fetched: one JSON file with the checksum of every raw file."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from data.errors import DataError
from data.files.atomic import replacing, sha256_of

MANIFEST_NAME = "manifest.json"


def read_manifest(folder: Path) -> dict[str, dict[str, Any]]:
    """Entries of ``folder/manifest.json`` by file name relative to ``folder``.

    Returns
    -------
    dict
        Name such as ``gsw/feds200628.csv`` to its ``source``, ``url``, ``bytes``,
        ``sha256`` and ``fetched_at`` (UTC); empty when there is no manifest.

    Raises
    ------
    DataError
        When the manifest is not what this module writes.
    """
    path = folder / MANIFEST_NAME
    if not path.exists():
        return {}
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["files"]
        complete = all({"bytes", "sha256"} <= set(entry) for entry in entries.values())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        complete = False
    if not complete:
        raise DataError(
            f"{path} is not a manifest of fetched files.",
            "Delete it and fetch again.",
        )
    return dict(entries)


def record(folder: Path, file: Path, *, source: str, url: str) -> None:
    """Enter a complete file of ``folder`` into its manifest, atomically."""
    entries = read_manifest(folder)
    entries[file.relative_to(folder).as_posix()] = {
        "source": source,
        "url": url,
        "bytes": file.stat().st_size,
        "sha256": sha256_of(file),
        "fetched_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    with replacing(folder / MANIFEST_NAME) as temporary:
        temporary.write_text(
            json.dumps({"files": dict(sorted(entries.items()))}, indent=2) + "\n",
            encoding="utf-8",
        )


def is_recorded(folder: Path, file: Path) -> bool:
    """Whether ``file`` is there with the checksum that the manifest holds for it."""
    entry = read_manifest(folder).get(file.relative_to(folder).as_posix())
    return (
        entry is not None
        and file.is_file()
        and file.stat().st_size == entry["bytes"]
        and sha256_of(file) == entry["sha256"]
    )


def check_against_manifest(file: Path) -> None:
    """Refuse a fetched file that has changed since; pass one that was never fetched.

    Raises
    ------
    DataError
        When the manifest of the folder above knows the file by another checksum.
    """
    file = file.resolve()
    folder = file.parent.parent
    name = f"{file.parent.name}/{file.name}"
    try:
        known = name in read_manifest(folder)
    except DataError:
        # A file of that name beside a user's own data need not be this project's.
        known = False
    if known and not is_recorded(folder, file):
        raise DataError(
            f"{file} is not the file that was fetched: its checksum differs from "
            f"{folder / MANIFEST_NAME}.",
            "Fetch it again, or, where the change is meant, delete its entry there.",
        )
