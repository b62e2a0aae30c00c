"""One reader, one set of rules, whatever the format and encoding of a file."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.errors import DataError
from data.files.cells import (
    date_cells,
    number_cells,
    optional_date_cells,
    read_cells,
)
from data.files.table_reader import local_dates, read_table
from data.files.text_tables import numbers

TABLE = "date,value\n2020-01-06,1.5\n2020-01-07,\n"


def parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_encoding_is_read_alike(encoding: str) -> None:
    text = f"Gürkaynak – Sack\n\n{TABLE}"
    table = read_table(text.encode(encoding), "f.csv", ["date"])
    assert table["value"].tolist() == ["1.5", ""]
    assert table.index.tolist() == [4, 5]


def test_rows_without_content_and_comments_are_passed_over() -> None:
    content = "# by Excel\ndate,value\n2020-01-06,1\n,\n\n#x\n2020-01-07,2\n , \n"
    table = read_table(content.encode(), "f.csv")
    assert table["value"].tolist() == ["1", "2"]
    assert table.index.tolist() == [3, 7]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf\n \n", "the file is empty"),
        (b"a,b\n1,2\n3\n", "line 3: 1 cells where the header has 2; .*truncated"),
        (b"a,b\n1\n3,4\n", "line 2: 1 cells where the header has 2$"),
        (b"a,b,a\n1,2,3\n", "column a appears more than once"),
        (b'a,b\n"1,2\n3,4\n', "line 2: not a readable CSV file"),
        (b'a,b\n"' + b"1,2\n" * 100_000, "not a readable CSV file"),
        (b"<!DOCTYPE html><p>", "is a web page"),
        (b"PK\x03\x04\x00\x00", "not a readable Excel file"),
        (b"PAR1 and no more", "not a readable Parquet file"),
    ],
)
def test_a_damaged_file_is_refused(content: bytes, problem: str) -> None:
    with pytest.raises(DataError, match=f"(?m)f.csv.*{problem}"):
        read_table(content, "f.csv")


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"date": ["2020-01-06"], "value": ["1.5"]}),
        pd.DataFrame({"value": [1.5]}, pd.Index(["2020-01-06"], name="date")),
        pd.DataFrame({"value": [1.5]}, pd.DatetimeIndex(["2020-01-06"])),
        pd.DataFrame(
            {"date": pd.to_datetime(["2020-01-06"]).tz_localize("US/Eastern")}
        ).assign(value=1.5),
    ],
    ids=["text", "named index", "dates as index", "time zone"],
)
def test_parquet_of_any_layout_is_read_alike(
    frame: pd.DataFrame, tmp_path: Path
) -> None:
    (tmp_path / "f.parquet").write_bytes(parquet(frame))
    cells = read_cells(tmp_path / "f.parquet", "")
    dates = date_cells(cells["date"], "f")
    assert dates.tolist() == [pd.Timestamp("2020-01-06")]
    assert number_cells(cells["value"], dates, "f").tolist() == [1.5]


@pytest.mark.parametrize("missing", ["NA", "#N/A", "", "null"])
def test_a_marker_is_missing_in_text_and_in_parquet(missing: str) -> None:
    path = Path("f")
    text = read_table(f"a,b\n1,{missing}\n2,3\n".encode(), "f")
    columnar = read_table(parquet(pd.DataFrame({"b": [missing, "3"]})), "f")
    for table in (text, columnar):
        dates = pd.Series(pd.to_datetime(["2020-01-06", "2020-01-07"]))
        assert np.isnan(number_cells(table["b"], dates, "f")[0])
        assert np.isnan(numbers(table["b"], path).iloc[0])


@pytest.mark.parametrize("cell", ["-999.99", "-999.9900", -999.99])
def test_the_federal_reserves_sentinel_is_missing_in_any_spelling(
    cell: str | float,
) -> None:
    values = numbers(pd.Series([cell, cell]), Path("f"))
    assert values.isna().all()


def test_a_date_is_the_local_one_and_none_beyond_nanoseconds() -> None:
    cells = pd.Series(
        [
            "2014-01-02 00:00:00-05:00",
            "2014-01-02T00:00:00Z",
            "3000-01-01",
            "1000-01-01",
        ]
    )
    dates = local_dates(cells)
    assert dates.tolist()[:2] == [pd.Timestamp("2014-01-02")] * 2
    assert dates.isna().tolist() == [False, False, True, True]


def test_a_date_that_may_be_missing_is_named_by_its_row_of_the_file() -> None:
    cells = pd.DataFrame({"issued": ["", "null", "2020-01-06", None]})
    dates = optional_date_cells(cells, "issued", "f.csv")
    assert dates.isna().tolist() == [True, True, False, True]
    assert optional_date_cells(cells, "matures", "f.csv").isna().all()
    cells.loc[3, "issued"] = "soon"
    with pytest.raises(DataError, match=r"f\.csv: column issued, row 4: 'soon'"):
        optional_date_cells(cells, "issued", "f.csv")
