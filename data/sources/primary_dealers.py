"""Primary dealers' net coupon positions: New York Fed, reporting form FR 2004."""

import json
import re
from pathlib import Path

import pandas as pd

from data.errors import DataError
from data.files.raw_files import read_text, source_files
from data.files.table_reader import MISSING
from data.files.text_tables import (
    index_by_date,
    join_agreeing,
    numbers,
    parse_csv,
    parse_dates,
    parse_numbers,
    require_columns,
)
from data.market.tenors import TENOR_YEARS
from data.sources.report_forms import REPORT_FORMS, ReportForm, check_series_breaks

REPORT_FORM = "report_form"
"""Column that names the series break (version of the form) a week was reported on."""

NOT_PUBLISHED = MISSING | {"*"}
"""Cells without a value; the asterisk hides one that would reveal a single dealer's."""

_LAYOUT = (
    "Give the New York Fed's export of these series (CSV or JSON), or columns "
    "asofdate, keyid, value_musd in USD million."
)


_KNOWN_SERIES = frozenset(key for form in REPORT_FORMS for key in form.series)
_HARMONISED = {
    "coupon_le3y": 2,
    "coupon_3_6y": 5,
    "coupon_6_11y": 10,
    "coupon_gt11y": 20,
}
LARGEST_MUSD = 2e6
"""USD million, ten times any bucket: a larger file is in another unit."""

SMALLEST_PEAK_MUSD = 500.0
"""USD million; no bucket ever peaked below this: a smaller file is in USD billion."""


def read_net_positions(path: Path) -> pd.DataFrame:
    """Read net positions in coupon Treasuries, joined across versions of the form.

    Parameters
    ----------
    path : Path
        One file or a folder of files, each one of: the New York Fed's CSV export
        (``As Of Date, Time Series, Value (millions)``), its JSON, a long CSV
        (``asofdate, keyid, value_musd``), a wide CSV (``asofdate`` and a column a key
        id), or the four buckets already joined (``coupon_le3y`` …, ``series_break``).
        Other series in a file are ignored. A folder may hold ``seriesbreaks.json``.

    Returns
    -------
    DataFrame, shape (weeks, 5)
        Index ``date``: the as-of Wednesday. Columns 2, 5, 10, 20: USD million at
        market value, long minus short, of coupon securities (no bills, no TIPS, no
        floating-rate notes since 2015) with at most 3, 3 to 6, 6 to 11 and over 11
        years to maturity; NaN where the New York Fed suppressed a part of the bucket.
        Column ``report_form``: label of the version of the form, from
        :data:`data.sources.report_forms.REPORT_FORMS`.

    Raises
    ------
    DataError
        Missing columns, another unit, cells that are no numbers, a truncated file, a
        week that lacks a series, a series outside the dates of its form, repeated or
        contradicting values.

    Warns
    -----
    UserWarning
        When ``seriesbreaks.json`` lists a version of the form not known here.
    """
    parts: dict[Path, pd.DataFrame] = {}
    series: dict[Path, pd.DataFrame] = {}
    for file in source_files(path, (".csv", ".json")):
        text = read_text(file)
        if _is_listing(text):
            check_series_breaks(file)
        elif "coupon_le3y" in text.split("\n", 1)[0]:
            parts[file] = _read_harmonised(text, file)
        else:
            series[file] = _one_row_a_date(_read_series(text, file), file)
    if series:
        parts[path] = _sum_into_buckets(join_agreeing(series), path)
    if not parts:
        raise DataError(f"{path} holds no positions, only a list of breaks.", _LAYOUT)
    positions = join_agreeing(parts)[[*TENOR_YEARS, REPORT_FORM]]
    _check_unit(positions, path)
    return positions


def _is_listing(text: str) -> bool:
    return text.lstrip().startswith("{") and '"seriesbreaks"' in text


def _read_harmonised(text: str, path: Path) -> pd.DataFrame:
    table = parse_csv(text, path, first_cell=["asofdate"])
    require_columns(table, [*_HARMONISED, "series_break"], path)
    positions = parse_numbers(table, _HARMONISED, path)
    positions[REPORT_FORM] = table["series_break"]
    return index_by_date(positions, parse_dates(table["asofdate"], path), path)


def _read_series(text: str, path: Path) -> pd.DataFrame:
    """Read one file into columns date, key and value, one row a published value."""
    if text.lstrip().startswith("{"):
        table = _json_table(text, path)
    else:
        table = parse_csv(text, path, first_cell=["asofdate", "as of date"])
    table.columns = table.columns.str.lower()
    dates = parse_dates(table.iloc[:, 0], path)
    if "keyid" not in table and "time series" not in table:
        return _unpivot(table, dates, path)
    key = "keyid" if "keyid" in table else "time series"
    known = table[key].str.upper().isin(_KNOWN_SERIES)
    value = _value_column(table, path)
    rows = pd.DataFrame({"key": table[key].str.upper(), "cell": table[value]})
    rows["value"] = numbers(rows["cell"][known].rename(value), path, NOT_PUBLISHED)
    rows["date"] = dates
    return rows[known]


def _json_table(text: str, path: Path) -> pd.DataFrame:
    try:
        table = pd.DataFrame(json.loads(text)["pd"]["timeseries"], dtype=object)
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{path} is not the New York Fed's JSON of time series: {error!r}.", _LAYOUT
        ) from error
    if table.empty:
        raise DataError(f"{path} holds no observation.", _LAYOUT)
    require_columns(table, ("asofdate", "keyid", "value"), path)
    return table[["asofdate", "keyid", "value"]].fillna("").astype(str)


def _value_column(table: pd.DataFrame, path: Path) -> str:
    """Name of the value column, its unit checked where the name carries it."""
    column = next((c for c in table.columns if c.startswith("value")), "value")
    require_columns(table, [column], path)
    unit = re.sub(r"value|[^a-z]", "", column)
    if unit not in {"", "millions", "musd"}:
        raise DataError(
            f"{path}: the column {column!r} is not in USD million.", _LAYOUT
        )
    return column


def _unpivot(table: pd.DataFrame, dates: pd.DatetimeIndex, path: Path) -> pd.DataFrame:
    """Rows of a wide file, without the empty cells of series that were no more."""
    keys = {c: c.upper() for c in table.columns if c.upper() in _KNOWN_SERIES}
    if not keys:
        raise DataError(f"{path} holds none of the series of {_form_names()}.", _LAYOUT)
    cells = table[list(keys)].rename(columns=keys)
    cells["date"], cells["line"] = dates, table.index
    rows = cells.melt(["date", "line"], var_name="key", value_name="cell")
    rows = rows[rows["cell"].ne("")].set_index("line")
    rows["value"] = numbers(rows["cell"], path, NOT_PUBLISHED)
    return rows


def _form_names() -> str:
    return ", ".join(form.label for form in REPORT_FORMS)


def _one_row_a_date(rows: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Pivot to one column a key id, infinite where the value was suppressed.

    A missing row and a suppressed value must stay apart: only the second is published.
    """
    if rows.empty:
        raise DataError(f"{path} holds none of the series of {_form_names()}.", _LAYOUT)
    repeated = rows.duplicated(["date", "key"])
    if repeated.any():
        row = rows[repeated].iloc[0]
        raise DataError(
            f"{path}, line {rows.index[repeated][0]}: {row['key']} stands twice at "
            f"{row['date']:%Y-%m-%d}.",
            "Keep one row a series and week.",
        )
    rows = rows.assign(value=rows["value"].fillna(float("inf")))
    return rows.set_index(["date", "key"])["value"].unstack()  # noqa: PD010


def _sum_into_buckets(values: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Sum the series of each week's own form; never those of two forms."""
    joined = [
        _buckets_of_form(values.loc[form.first_date : form.last_date], form, path)
        for form in REPORT_FORMS
    ]
    early = values.loc[: REPORT_FORMS[0].first_date - pd.Timedelta(days=1)]
    if not early.empty:
        raise DataError(
            f"{path}: the week {early.index[0]:%Y-%m-%d} lies before "
            f"{REPORT_FORMS[0].first_date:%Y-%m-%d}, when its series began.",
            "Correct the date.",
        )
    return pd.concat([frame for frame in joined if not frame.empty])


def _buckets_of_form(
    values: pd.DataFrame, form: ReportForm, path: Path
) -> pd.DataFrame:
    expected = values.reindex(columns=list(form.series))
    foreign = values.drop(columns=list(form.series), errors="ignore").notna()
    if foreign.any(axis=None):
        week = foreign.index[foreign.any(axis=1)][0]
        raise DataError(
            f"{path}: {foreign.columns[foreign.loc[week]][0]} at {week:%Y-%m-%d} does "
            f"not belong to the report form {form.label} of that week.",
            "Fetch each series with its own series break; forms are never mixed.",
        )
    absent = expected.isna()
    if absent.any(axis=None):
        week = absent.index[absent.any(axis=1)][0]
        raise DataError(
            f"{path}: the week {week:%Y-%m-%d} (report form {form.label}) lacks the "
            f"series {', '.join(absent.columns[absent.loc[week]])}.",
            "Fetch all series of the form; where the file was cut, fetch it again.",
        )
    published = expected.mask(expected == float("inf"))
    buckets = pd.DataFrame(
        {
            tenor: published[list(keys)].sum(axis=1, skipna=False)
            for tenor, keys in form.bucket_series.items()
        }
    )
    return buckets.assign(**{REPORT_FORM: form.label})


def _check_unit(positions: pd.DataFrame, path: Path) -> None:
    peak = float(positions[list(TENOR_YEARS)].abs().max().max())
    if peak > LARGEST_MUSD or peak < SMALLEST_PEAK_MUSD:
        raise DataError(
            f"{path}: the largest position is {peak:g}, which is no plausible number "
            "of USD million.",
            "Give market values in USD million, as the New York Fed does.",
        )
