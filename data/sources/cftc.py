"""Dealer positions in Treasury futures: CFTC Traders in Financial Futures (TFF)."""

import io
import re
import zipfile
import zlib
from pathlib import Path

import pandas as pd

from data.errors import DataError
from data.files.header import refuse_repeated
from data.files.raw_files import read_bytes, source_files
from data.files.table_reader import decode
from data.files.text_tables import (
    join_agreeing,
    numbers,
    parse_csv,
    parse_dates,
    require_columns,
)

CONTRACT_BUCKETS = {"042601": 2, "044601": 5, "043602": 10, "020601": 20}
"""CFTC contract market code (2-, 5-, 10-year note and bond) to bucket."""

LARGEST_BYTES = 256 * 2**20
"""Of an unpacked file; the history of ten years takes 20 MiB."""

_LONG, _SHORT = "dealer_positions_long", "dealer_positions_short"
_CODE, _SCOPE = "cftc_contract_market_code", "futonly_or_combined"
_FIRST_CELLS = (
    "market_and_exchange_names",
    "market and exchange names",
    "contract",
    "id",
)
_WRONG_REPORT = (
    "Take the report Traders in Financial Futures, futures only "
    "(fut_fin_txt_YYYY.zip), not the legacy or the combined report."
)


def read_dealer_positions(path: Path) -> pd.DataFrame:
    """Read the net futures positions of dealers and intermediaries.

    Parameters
    ----------
    path : Path
        A yearly ``fut_fin_txt_YYYY.zip``, the history file
        ``fin_fut_txt_2006_2016.zip``, the text or CSV inside, or a folder of those.
        Spelling of the header and of dates may differ from year to year.

    Returns
    -------
    DataFrame, shape (report dates, 4)
        Contracts, long minus short. Index ``date``: the report date (a Tuesday but for
        holidays), only those that the files hold. Columns 2, 5, 10 and 20: the
        contracts of :data:`CONTRACT_BUCKETS`. A contract without a row at a report
        date is NaN; no week is filled.

    Raises
    ------
    DataError
        Another report, missing columns, cells that are no numbers, a truncated file, a
        repeated contract and date, files that contradict each other.

    Notes
    -----
    Numbers of contracts, not dollars: a 2-year contract has a face value of USD
    200,000, the others of USD 100,000.
    """
    files = source_files(path, (".zip", ".txt", ".csv"))
    return join_agreeing({file: _read_file(file) for file in files})


def _read_file(path: Path) -> pd.DataFrame:
    content = read_bytes(path)
    text = _unzip(content, path) if content.startswith(b"PK") else decode(content)
    table = parse_csv(text, path, first_cell=_FIRST_CELLS)
    names = [_plain(column) for column in table.columns]
    refuse_repeated(names, str(path))
    table.columns = pd.Index(names)
    date_column = next((c for c in names if c.startswith("report_date")), "report_date")
    try:
        require_columns(table, (date_column, _CODE, _LONG, _SHORT), path)
    except DataError as error:
        raise DataError(error.problem, _WRONG_REPORT) from error
    _check_futures_only(table, path)
    # A spreadsheet turns the code into a number and drops its leading zero.
    code = table[_CODE].str.removesuffix(".0").str.zfill(6)
    table = table[code.isin(CONTRACT_BUCKETS)]
    if table.empty:
        raise DataError(f"{path} holds no Treasury futures contract.", _WRONG_REPORT)
    net = numbers(table[_LONG], path) - numbers(table[_SHORT], path)
    bucket = code[table.index].map(CONTRACT_BUCKETS)
    return _one_row_a_date(net, bucket, parse_dates(table[date_column], path), path)


def _unzip(content: bytes, path: Path) -> str:
    """Text of the only table in a zip archive, its checksum verified."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            tables = [
                n for n in archive.namelist() if n.lower().endswith((".txt", ".csv"))
            ]
            size = sum(archive.getinfo(name).file_size for name in tables)
            if size > LARGEST_BYTES:
                raise DataError(
                    f"{path} unpacks to {size / 2**20:,.0f} MiB, more than any year of "
                    "this report.",
                    _WRONG_REPORT,
                )
            texts = [decode(archive.read(name)) for name in tables]
    except (
        zipfile.BadZipFile,
        EOFError,
        RuntimeError,  # a password, or a compression that Python does not know
        zlib.error,
    ) as error:
        raise DataError(
            f"{path} is not a whole zip archive: {error}.",
            "Fetch the file again with `python -m data fetch cftc-tff`.",
        ) from error
    if len(texts) != 1:
        raise DataError(
            f"{path} holds {len(texts)} text files where one is expected.",
            _WRONG_REPORT,
        )
    return texts[0]


def _plain(column: str) -> str:
    """Name without the case, spaces and suffix that differ from year to year."""
    words = re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_")
    return words.removesuffix("_all")


def _check_futures_only(table: pd.DataFrame, path: Path) -> None:
    if _SCOPE in table and not table[_SCOPE].str.lower().str.startswith("fut").all():
        raise DataError(f"{path} holds futures and options combined.", _WRONG_REPORT)


def _one_row_a_date(
    net: pd.Series, bucket: pd.Series, dates: pd.DatetimeIndex, path: Path
) -> pd.DataFrame:
    rows = pd.DataFrame({"net": net, "bucket": bucket})
    rows["date"] = dates
    repeated = rows.duplicated(["date", "bucket"])
    if repeated.any():
        row = rows[repeated].iloc[0]
        raise DataError(
            f"{path}, line {repeated.idxmax()}: the {row['bucket']}-year contract "
            f"stands twice at {row['date']:%Y-%m-%d}.",
            "Keep one row a contract and report date.",
        )
    wide = rows.set_index(["date", "bucket"])["net"].unstack()  # noqa: PD010
    wide = wide.reindex(columns=list(CONTRACT_BUCKETS.values()))
    wide.columns = pd.Index(list(CONTRACT_BUCKETS.values()))
    return wide
