"""Every dialect comes to the same layout; what cannot be read says where it stands."""

import contextlib
import gzip
import math
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from data.errors import DataError
from data.files.atomic import sha256_of
from data.transactions.bucket import Selection
from data.transactions.column_map import read_column_map
from data.transactions.dialects import DIALECTS
from data.transactions.layout import CLEAN_COLUMNS, REJECT_COLUMNS, line_of
from tests.transactions.files import (
    cleaned,
    refused,
    rows_of,
    write_text,
    write_wrds_parquet,
)
from tests.transactions.messages import DAY, TRADES
from tests.transactions.messages import message as m

SEEN = "sequence, execution_date, execution_time, price, par, side, contra"


@pytest.mark.parametrize(
    ("dialect", "variant"),
    [("wrds", 0), ("finra-enhanced", 0), ("treasury", 0), ("on-the-run", 0)],
)
def test_a_dialect_is_read_by_its_header(tmp_path, dialect, variant):
    rows = TRADES
    if dialect == "on-the-run":
        stamps = {"execution_date": f"{DAY} 09:05:00", "report_date": f"{DAY} 09:06:00"}
        rows = [
            {**TRADES[0], "status": "M", **stamps},
            {**TRADES[1], "status": "M"},
            {**TRADES[2], "status": "N", "prior_sequence": 6, "sequence": 7,
             "prior_report_date": DAY},
        ]  # fmt: skip
    file = write_text(tmp_path / "day.txt", rows, dialect, variant)
    if dialect == "wrds":
        file = file.rename(tmp_path / "day.csv")
    report = cleaned(tmp_path / "out", file, dialect=dialect)
    assert rows_of(tmp_path / "out", "clean", SEEN) == [
        (5, date(2020, 1, 2), 32700, Decimal("99.97"), Decimal(350000), "S", "C")
    ]
    assert report["rows"] == {
        "input": 3,
        "left_out": 0,
        "only_for_links": 0,
        "kept": 1,
        "rejected": 2,
    }


def test_finra_files_from_before_the_change_of_system(tmp_path):
    rows = [
        m(11, "T", "2009-05-12"),
        m(12, "W", "2009-05-12", prior_sequence=11, par=45_000),
    ]
    file = write_text(tmp_path / "old.txt", rows, "finra-enhanced", 1)
    cleaned(tmp_path / "out", file, dialect="finra-enhanced")
    assert rows_of(tmp_path / "out", "clean", "sequence, par") == [(12, 45_000)]


def test_academic_files_name_the_contra_party(tmp_path):
    rows = [
        m(1, "T", DAY, reporter_id="AAA", contra_id="C"),
        m(2, "T", DAY, reporter_id="AAA", contra_id="BBB"),
        m(3, "T", DAY, side="B", reporter_id="BBB", contra_id="AAA"),
    ]
    file = write_text(tmp_path / "academic.txt", rows, "finra-academic")
    cleaned(tmp_path / "out", file, dialect="finra-academic")
    assert rows_of(tmp_path / "out", "clean", "sequence, contra, contra_id") == [
        (1, "C", None),
        (2, "D", "BBB"),
    ]


def test_wrds_parquet_csv_and_packed_csv_give_the_same_rows(tmp_path):
    csv = write_text(tmp_path / "a.csv", TRADES, "wrds")
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(csv.read_bytes()))
    parquet = write_wrds_parquet(tmp_path / "a.parquet", TRADES)
    found = []
    for number, file in enumerate((csv, packed, parquet)):
        cleaned(tmp_path / str(number), file)
        found.append(rows_of(tmp_path / str(number), "clean", SEEN))
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 1


def test_sloppy_cells_are_the_same_cells(tmp_path):
    text = (
        "CUSIP_ID,trd_exctn_dt,trd_exctn_tm,trd_rpt_dt,trd_rpt_tm,msg_seq_nb,"
        "orig_msg_seq_nb,trc_st,rptd_pr,entrd_vol_qt,rpt_side_cd,cntra_mp_id,wis_fl\n"
        "00101jah9,2015-03-18,9:05:00,20150318,9:05:00,0000007, ,T,99.5,1E5,s, C,N\n"
        ' 00101JAH9 ,03/18/2015,090500,18MAR2015,90500,7.0,.,x,99.50,"100000",S,C,\n'
    )
    (tmp_path / "a.csv").write_text(text)
    report = cleaned(tmp_path / "out", tmp_path / "a.csv")
    assert report["rows"]["kept"] == 0, "the second cancels the first"
    assert not report["unmatched"]


def test_what_cannot_be_read_goes_to_the_rejects_with_its_place(tmp_path):
    rows = [*TRADES, m(8, "T", DAY, price="n/a"), m(9, "T", DAY, side="Q")]
    rows.append(m(10, "T", DAY, cusip=None))
    rows.append(m(11, "T", DAY, execution_time="25:00:00"))
    file = write_text(tmp_path / "a.csv", rows, "wrds")
    report = cleaned(tmp_path / "out", file)
    assert report["rows"]["rejected"] == 6
    found = [
        row
        for row in rows_of(tmp_path / "out", "rejects", "row_id, step, detail")
        if row[1] == "reading"
    ]
    assert [(line_of(row[0]), row[2]) for row in found] == [
        (4, f'{file}, record 4: price "n/a"'),
        (5, f'{file}, record 5: side "Q"'),
        (6, f"{file}, record 6: cusip blank"),
        (7, f'{file}, record 7: execution_time "250000"; report_time "250000"'),
    ]


def test_columns_are_those_of_the_layout(tmp_path):
    file = write_text(tmp_path / "a.csv", TRADES, "wrds")
    cleaned(tmp_path / "out", file)
    for kind, columns in (("clean", CLEAN_COLUMNS), ("rejects", REJECT_COLUMNS)):
        found = rows_of(
            tmp_path / "out",
            kind,
            "*",
        )
        assert len(found[0]) == len(columns)


def test_a_wrong_trailer_is_refused(tmp_path):
    file = write_text(tmp_path / "a.txt", TRADES, "finra-enhanced")
    text = file.read_text()
    file.write_text(text.replace("0000000003", "0000000004"))
    assert "counts 4 records, the file holds 3" in refused(tmp_path, file)
    file.write_text(text[: text.rindex("20200103")])
    assert "no trailer" in refused(tmp_path, file)


def test_a_renamed_header_is_refused_with_what_was_expected(tmp_path):
    file = write_text(tmp_path / "a.txt", TRADES, "finra-enhanced")
    file.write_text(file.read_text().replace("Trade Status", "Trade State"))
    message = refused(tmp_path, file)
    assert "status" in message
    assert "'Trade State'" in message
    file = write_text(tmp_path / "b.txt", TRADES, "finra-academic")
    assert "--dialect finra-academic" in refused(tmp_path, file)


@pytest.mark.parametrize("change", [{"status": "M"}, {"par": "5MM+"}])
def test_capped_and_144a_files_are_refused(tmp_path, change):
    rows = [*TRADES, {**TRADES[0], **change}]
    file = write_text(tmp_path / "a.csv", rows, "wrds")
    message = refused(tmp_path, file, "wrds")
    assert "record 4" in message
    assert "Enhanced (uncapped)" in message


def test_a_missing_or_unknown_file(tmp_path):
    assert "does not exist" in refused(tmp_path, tmp_path / "no.csv")
    (tmp_path / "a.xlsx").write_bytes(b"")
    assert "extension" in refused(tmp_path, tmp_path / "a.xlsx")


def test_a_file_without_messages_gives_empty_data_sets(tmp_path):
    file = write_text(tmp_path / "a.csv", [], "wrds")
    report = cleaned(tmp_path / "out", file)
    assert report["rows"]["input"] == 0
    assert rows_of(tmp_path / "out", "clean") == []
    assert rows_of(tmp_path / "out", "rejects") == []


def test_dates_are_selected_with_what_links_to_them(tmp_path):
    rows = [
        m(1, "T", "2013-01-02"),
        m(2, "T", "2015-03-17"),
        m(3, "T", "2015-03-18"),
        m(3, "X", "2015-03-18", report_date="2015-03-20", as_of="A"),
        m(4, "T", "2015-03-18"),
        m(5, "T", "2015-03-19"),
    ]
    file = write_text(tmp_path / "a.csv", rows, "wrds")
    report = cleaned(
        tmp_path / "out", file, selection=Selection("2015-03-18", "2015-03-18")
    )
    assert rows_of(tmp_path / "out", "clean", "sequence") == [(4,)]
    assert report["rows"] == {
        "input": 6,
        "left_out": 1,
        "only_for_links": 2,
        "kept": 1,
        "rejected": 2,
    }
    assert "2015-03-20" in report["warnings"][0]


MAP = """
delimiter = ";"
time = "seconds"

[columns]
cusip = "bond"
execution_date = "day"
execution_time = "second"
price = "clean price"
par = "face"
side = "we"

[codes.side]
bought = "B"
sold = "S"

[constants]
status = "T"
contra = "C"
"""


def test_any_other_file_is_read_through_a_column_map(tmp_path):
    (tmp_path / "map.toml").write_text(MAP)
    (tmp_path / "mine.csv").write_text(
        "bond;day;second;clean price;face;we\n"
        "00101JAH9;2020-01-02;36000;99,5;1000;sold\n"
        "00101JAH9;2020-01-02;36000;99.5;1000;Sold\n"
        "00101JAH9;2020-01-02;36000;99.5;1000;Sold\n"
    )
    form = read_column_map(tmp_path / "map.toml")
    report = cleaned(tmp_path / "out", tmp_path / "mine.csv", dialect=form)
    assert (
        rows_of(
            tmp_path / "out",
            "clean",
            "side, status, contra, execution_time, report_date",
        )
        == [("S", "T", "C", 36000, date(2020, 1, 2))] * 2
    )
    assert report["inputs"][0]["unreadable"] == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('price = "clean price"\n', "", "price"),
        ("[constants]", "[constant]", "constant"),
        ('side = "we"', 'sides = "we"', "sides"),
        ('time = "seconds"', 'time = "minutes"', "minutes"),
        ("[columns]", "[columns", "TOML"),
    ],
)
def test_a_wrong_column_map_is_refused(tmp_path, old, new, said):
    (tmp_path / "map.toml").write_text(MAP.replace(old, new))
    with pytest.raises(DataError, match=said):
        read_column_map(tmp_path / "map.toml")


def test_every_dialect_has_what_it_needs():
    for dialect in DIALECTS.values():
        for header in dialect.headers:
            assert set(dialect.needed) <= {name for name in header.values() if name}


def test_a_sas_data_set_is_streamed_in_parts(tmp_path, monkeypatch):
    # No free program writes such a file: pandas' reader is stood in for by its chunks.
    names = {ours: theirs for theirs, ours in DIALECTS["wrds"].headers[0].items()}
    rows = [
        {
            "cusip": "00101JAH9",
            "execution_date": pd.Timestamp("2015-03-18"),
            "execution_time": 32700.0,
            "report_date": pd.Timestamp("2015-03-18"),
            "report_time": 32760.0,
            "sequence": "0000007",
            "prior_sequence": None,
            "status": status,
            "price": 99.5,
            "par": par,
            "side": "S",
            "contra": "C",
            "settlement_days": math.nan,
        }
        for status, par in (("T", 1000.0), ("T", 2000.0), ("X", 2000.0))
    ]
    chunks = [pd.DataFrame(rows[:1]), pd.DataFrame(rows[1:])]
    asked = []

    @contextlib.contextmanager
    def chunks_of(file, chunksize, encoding):
        asked.append((file.name, encoding))
        yield (chunk.rename(columns=names) for chunk in chunks)

    monkeypatch.setattr("pandas.read_sas", chunks_of)
    file = tmp_path / "trace_enhanced.sas7bdat"
    file.write_bytes(b"SAS")
    report = cleaned(tmp_path / "out", file)
    assert report["inputs"][0]["sha256"] == sha256_of(file)
    assert asked == [("trace_enhanced.sas7bdat", "latin-1")]
    assert rows_of(tmp_path / "out", "clean", SEEN) == [
        (7, date(2015, 3, 18), 32700, Decimal("99.5"), Decimal(1000), "S", "C")
    ]


def test_what_is_no_sas_data_set_is_refused(tmp_path):
    file = tmp_path / "a.sas7bdat"
    file.write_bytes(b"not SAS" * 1000)
    assert "no SAS data set" in refused(tmp_path, file, "wrds")
