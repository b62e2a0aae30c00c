"""Open what a user names: files, folders, zips of daily zips, with trailers checked.

Each becomes one `Source`, a text, Parquet or SAS file on disk with a known header, the
trailer taken off. Nothing is read into memory.
"""

import errno
import gzip
import hashlib
import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data.errors import DataError
from data.files.atomic import sha256_of
from data.transactions.dialects import Dialect

SCENARIO_FILE = "scenario.json"
"""Stands beside the folder of simulated messages, and says what simulated them."""

_BLOCK = 1 << 20

_SAS_ROWS = 200_000

_TEXT_SUFFIXES = (".csv", ".txt", ".gz")

_BYTES_A_LINE = 150

_PACKING = 8
"""Times that gzip shrinks such lines, about."""

_GET_IT_AGAIN = "Get the file again from its publisher."


@dataclass(frozen=True)
class Source:
    """One file of messages, ready to be read.

    Parameters
    ----------
    name : str
        As the user knows it; members of archives as ``year.zip/day.zip/day.txt``.
    path : Path
        Where it lies now, a text or Parquet file.
    sha256 : str
        Of the content that was given.
    is_text : bool
        Whether it is delimited text.
    header : tuple of str
        Names of its columns, in order.
    records : int or None
        As the trailer counts them.
    """

    name: str
    path: Path
    sha256: str
    is_text: bool
    header: tuple[str, ...]
    records: int | None = None


def simulation_behind(paths: Iterable[Path]) -> str:
    """What simulated the messages of some files or folders; empty of others."""
    for path in paths:
        given = path.resolve()
        for folder in (given, *given.parents[:2]):
            scenario = folder / SCENARIO_FILE
            if scenario.is_file():
                seed = _seed_of(scenario)
                return f"simulate transactions, seed {seed}"
    return ""


def _seed_of(scenario: Path) -> int:
    try:
        return int(json.loads(scenario.read_text(encoding="utf-8"))["seed"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataError(
            f"{scenario} is no scenario of a simulation ({type(error).__name__})",
            "simulate again: python -m models simulate transactions --out FOLDER",
        ) from None


def open_sources(paths: list[Path], dialect: Dialect, work: Path) -> Iterator[Source]:
    """Yield each file behind ``paths``; what has to be unpacked goes to ``work``.

    Raises
    ------
    DataError
        A path is missing or of an unknown kind, an archive is damaged, a trailer is
        missing or counts other records than there are.
    """
    for path in paths:
        if not path.exists():
            raise DataError(f"{path} does not exist.", "Check the name of the file.")
        for file in _files(path):
            yield from _open(file, str(file), dialect, work)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    found = sorted(
        file
        for file in path.rglob("*")
        if file.is_file() and not file.name.startswith(".")
    )
    if not found:
        raise DataError(f"{path} holds no file.", "Name a file or a folder of files.")
    return found


def _open(file: Path, name: str, dialect: Dialect, work: Path) -> Iterator[Source]:
    suffix = Path(name).suffix.lower()
    if suffix == ".zip":
        yield from _open_zip(file, name, dialect, work)
    elif suffix == ".parquet":
        yield _open_parquet(file, name, file)
    elif suffix == ".sas7bdat":
        parquet = _place(work, name, ".parquet")
        _convert_sas(file, name, parquet)
        yield _open_parquet(file, name, parquet)
    elif suffix in _TEXT_SUFFIXES:
        yield _open_text(file, name, dialect, work)
    else:
        raise DataError(
            f"{name} is no file of messages by its extension.",
            "Give .csv, .txt, .gz, .zip, .parquet or .sas7bdat.",
        )


def _place(work: Path, name: str, suffix: str) -> Path:
    """Where something that is made of a file goes, whatever its name."""
    return work / (hashlib.sha256(name.encode()).hexdigest()[:16] + suffix)


def _open_zip(file: Path, name: str, dialect: Dialect, work: Path) -> Iterator[Source]:
    with _damage_told(name), zipfile.ZipFile(file) as archive:
        members = [m for m in archive.infolist() if not m.is_dir()]
        for member in sorted(members, key=lambda m: m.filename):
            label = f"{name}/{member.filename}"
            unpacked = _place(work, label, Path(member.filename).suffix)
            with archive.open(member) as packed, unpacked.open("wb") as out:
                shutil.copyfileobj(packed, out, _BLOCK)
            found = list(_open(unpacked, label, dialect, work))
            if all(source.path != unpacked for source in found):
                unpacked.unlink()
            yield from found


def _open_parquet(file: Path, name: str, parquet: Path) -> Source:
    try:
        header = tuple(pq.read_schema(parquet).names)
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(f"{name} is no Parquet file: {error}", _GET_IT_AGAIN) from error
    return Source(name, parquet, sha256_of(file), False, header)


def _open_text(file: Path, name: str, dialect: Dialect, work: Path) -> Source:
    with _damage_told(name), _text_bytes(file) as lines:
        first = lines.readline()
    header = tuple(
        cell.strip().strip('"') for cell in _decoded(first).split(dialect.delimiter)
    )
    if not dialect.has_trailer:
        return Source(name, file, sha256_of(file), True, header)
    copy = _place(work, name, "-records.txt")
    with _damage_told(name), _text_bytes(file) as lines:
        records = _without_trailer(lines, name, dialect, copy)
    return Source(name, copy, sha256_of(file), True, header, records)


def _decoded(line: bytes) -> str:
    return line.decode("utf-8-sig", "replace").strip()


def _text_bytes(file: Path) -> BufferedIOBase:
    return gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb")


@contextmanager
def _damage_told(name: str) -> Iterator[None]:
    """Say of a packed file that cannot be unpacked that it is damaged."""
    try:
        yield
    except (EOFError, OSError, zipfile.BadZipFile, zlib.error) as error:
        # A damaged list of members leads to no place in the file; a full disk is not
        # the file's fault.
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise
        raise DataError(
            f"{name} is damaged or cut short: {error}", _GET_IT_AGAIN
        ) from error
    except RuntimeError as error:  # under a password, or packed by another method
        raise DataError(
            f"{name} cannot be unpacked here: {error}",
            "Unpack it, and name the folder.",
        ) from error


def _without_trailer(
    packed: BufferedIOBase, name: str, dialect: Dialect, copy: Path
) -> int:
    """Copy header and records of a file; return the trailer's count, which is right."""
    lines = -1
    held: bytes | None = None
    with copy.open("wb") as out:
        for line in packed:
            if not line.strip():
                continue
            if held is not None:
                out.write(held)
            held = line
            lines += 1
    records = _count_in_trailer((held or b"").decode("latin-1"), dialect.delimiter)
    if records is None:
        raise DataError(
            f"{name} has no trailer: its last line is no time stamp with a record "
            "count, so the file is cut short.",
            _GET_IT_AGAIN,
        )
    found = lines - 1
    if records != found:
        raise DataError(
            f"{name}: the trailer counts {records} records, the file holds {found}.",
            _GET_IT_AGAIN,
        )
    return records


def _count_in_trailer(line: str, delimiter: str) -> int | None:
    """Record count of a trailer, a stamp and ten digits; None when it is no trailer."""
    trailing = re.search(r"(\d+)\s*$", line)
    if trailing is None or line.count(delimiter) > 2:
        return None
    return int(trailing[1][-10:])


def rows_about(source: Source) -> int:
    """Records of a source: exact for Parquet, from the size of the file for text."""
    if not source.is_text:
        return int(pq.read_metadata(source.path).num_rows)
    size = source.path.stat().st_size // _BYTES_A_LINE
    return size * _PACKING if source.path.suffix == ".gz" else size


def _convert_sas(file: Path, name: str, parquet: Path) -> None:
    """Stream a SAS data set to Parquet; slow, since its pages are decoded in Python."""
    writer: pq.ParquetWriter | None = None
    try:
        with pd.read_sas(file, chunksize=_SAS_ROWS, encoding="latin-1") as chunks:
            for chunk in chunks:
                rows = pa.Table.from_pandas(
                    chunk, schema=writer and writer.schema, preserve_index=False
                )
                if writer is None:
                    writer = pq.ParquetWriter(parquet, _nullable(rows).schema)
                writer.write_table(_nullable(rows).cast(writer.schema))
    except (ValueError, KeyError, IndexError) as error:
        raise DataError(f"{name} is no SAS data set: {error}", _GET_IT_AGAIN) from error
    finally:
        if writer is not None:
            writer.close()


def _nullable(rows: pa.Table) -> pa.Table:
    """Give a column of nothing but missing cells the type of text."""
    fields = [
        pa.field(f.name, pa.string()) if pa.types.is_null(f.type) else f
        for f in rows.schema
    ]
    return rows.cast(pa.schema(fields))
