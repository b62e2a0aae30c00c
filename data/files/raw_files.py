"""Find and open raw data files, refusing what cannot be data."""

import re
from collections.abc import Sequence
from pathlib import Path

from data.errors import DataError
from data.files.manifest import check_against_manifest
from data.files.table_reader import decode

FETCH_AGAIN = "Fetch the file again with `python -m data fetch`."

_HTML = re.compile(
    rb"(\xef\xbb\xbf)?\s*<(!doctype|html|head|body|\?xml)", re.IGNORECASE
)


def source_files(path: Path, suffixes: Sequence[str]) -> list[Path]:
    """List the files to read at ``path``: itself, or the files of a folder.

    Parameters
    ----------
    path : Path
        A file, or a folder such as ``data/raw/gsw``.
    suffixes : sequence of str
        Lower-case file name endings that count in a folder. Hidden files and unfinished
        downloads never do.

    Returns
    -------
    list of Path
        At least one file, sorted by name.

    Raises
    ------
    DataError
        When nothing is there.
    """
    if path.is_file():
        return [path]
    if not path.exists():
        raise DataError(f"{path} does not exist.", FETCH_AGAIN)
    found = sorted(
        file
        for file in path.iterdir()
        if file.suffix.lower() in suffixes and not file.name.startswith(".")
    )
    if not found:
        wanted = " or ".join(suffixes)
        raise DataError(f"{path} holds no {wanted} file.", FETCH_AGAIN)
    return found


def read_bytes(path: Path) -> bytes:
    """Read a whole file, refusing an empty one, a web page and a changed download.

    Raises
    ------
    DataError
        When the file is empty, is an HTML page, or differs from the checksum that the
        manifest holds for it.
    """
    check_against_manifest(path)
    content = path.read_bytes()
    if not content.strip():
        raise DataError(f"{path} is empty.", FETCH_AGAIN)
    if _HTML.match(content):
        raise DataError(
            f"{path} is a web page (HTML), not data: probably an error page that was "
            "saved under a data file's name.",
            FETCH_AGAIN,
        )
    return content


def read_text(path: Path) -> str:
    """Text of a file in any encoding, with the checks of :func:`read_bytes`."""
    return decode(read_bytes(path))
