"""Write messages in the file formats that the readers take."""

import zipfile
from pathlib import Path

import duckdb
import pytest

from data.errors import DataError
from data.transactions.clean import clean_transactions
from data.transactions.dialects import DIALECTS
from data.transactions.layout import UNFINISHED
from data.transactions.presets import PRESETS
from tests.transactions.messages import table


def write_text(path: Path, rows: list[dict], dialect: str, variant: int = 0) -> Path:
    """Write rows under a dialect's header; dates as YYYYMMDD, times as HHMMSS."""
    form = DIALECTS[dialect]
    header = form.headers[variant]
    lines = [form.delimiter.join(header)]
    for number, row in enumerate(rows, start=1):
        cells = [
            str(number) if theirs.startswith("Record Count") else _text(row, ours)
            for theirs, ours in header.items()
        ]
        lines.append(form.delimiter.join(cells))
    if form.has_trailer:
        lines.append(f"20200103 02:15:00 {len(rows):010d}")
    path.write_text("\n".join(lines) + "\n")
    return path


def _text(row: dict, name: str | None) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if name.endswith(("_date", "_time")):
        return str(value).replace("-", "").replace(":", "")
    return str(value)


def write_wrds_parquet(path: Path, rows: list[dict]) -> Path:
    """Write rows as WRDS names and types them, times as text."""
    connection = duckdb.connect()
    table(connection, rows)
    columns = ", ".join(
        f"CAST(TIME '00:00:00' + to_seconds({ours}) AS VARCHAR) AS {theirs}"
        if ours.endswith("_time")
        else f"{ours} AS {theirs}"
        for theirs, ours in DIALECTS["wrds"].headers[0].items()
        if ours is not None
    )
    connection.execute(
        f"COPY (SELECT {columns} FROM messages ORDER BY row_id) "
        f"TO '{path}' (FORMAT parquet)"
    )
    return path


def zipped(path: Path, *files: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.name)
    return path


def cleaned(out: Path, *paths: Path, dialect: str = "wrds", preset="workbench", **how):
    """Clean files, return the report."""
    rules = PRESETS[preset] if isinstance(preset, str) else preset
    form = DIALECTS[dialect] if isinstance(dialect, str) else dialect
    return clean_transactions(paths, form, rules, out, **how)


def rows_of(out: Path, kind: str, columns: str = "*") -> list[tuple]:
    """Rows of ``clean`` or ``rejects``, sorted."""
    return sorted(
        duckdb.connect()
        .execute(f"SELECT {columns} FROM read_parquet('{out / kind}/*.parquet')")
        .fetchall(),
        key=repr,
    )


def refused(tmp_path: Path, file: Path, dialect: str = "finra-enhanced") -> str:
    """Clean a file that is refused before anything is written; what is said of it."""
    out = tmp_path / "out"
    with pytest.raises(DataError) as error:
        cleaned(out, file, dialect=dialect)
    assert not list(out.glob("*"))
    assert not (out / UNFINISHED).exists()
    return str(error.value)
