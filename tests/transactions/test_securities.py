"""Filters that have to know when a bond was issued and when it matures."""

import json
from dataclasses import replace

import duckdb
import pytest
from typer.testing import CliRunner

from data.__main__ import app
from data.errors import DataError
from data.transactions.filters import OF_SECURITIES
from data.transactions.presets import preset_with
from data.transactions.rules import apply_rules
from data.transactions.securities import read_securities
from tests.transactions.files import rows_of, write_text
from tests.transactions.messages import message as m
from tests.transactions.messages import table

ISSUED, NOT_KNOWN = "00101JAH9", "99999ZZZ9"

ROWS = [
    m(1, "T", "2014-12-31", cusip=ISSUED),
    m(2, "T", "2015-01-02", cusip=ISSUED),
    m(3, "T", "2020-01-02", cusip=ISSUED),
    m(4, "T", "2020-01-03", cusip=ISSUED),
    # Its correction is after the maturity: the wrong record must not come back.
    m(5, "T", "2019-12-31", cusip=ISSUED),
    m(5, "C", "2019-12-31", cusip=ISSUED),
    m(6, "R", "2020-01-06", cusip=ISSUED, prior_sequence=5),
    m(7, "T", "2031-01-02", cusip=NOT_KNOWN),
]

SECURITIES = "cusip,maturity_date,issue_date\n 00101jah9 ,2020-01-02,2015-01-02\n"


def kept(preset, securities=SECURITIES, *, folder):
    """Numbers of the messages that are left."""
    (folder / "securities.csv").write_text(securities)
    known = read_securities(folder / "securities.csv")
    connection = duckdb.connect()
    connection.register("security", known)
    table(connection, ROWS)
    # Filters alone: linking before them is looked at by the command.
    apply_rules(connection, replace(preset, linking=(), two_sided="none"))
    rows = connection.execute("SELECT sequence FROM live ORDER BY sequence").fetchall()
    return [row[0] for row in rows]


def test_each_filter_is_switched_alone(tmp_path):
    def with_filters(*names):
        return kept(preset_with("workbench", added=names), folder=tmp_path)

    assert with_filters() == [1, 2, 3, 4, 5, 5, 6, 7]
    assert with_filters("after-maturity") == [1, 2, 3, 5, 5, 7]
    assert with_filters("before-issue") == [2, 3, 4, 5, 5, 6, 7]
    assert with_filters(*OF_SECURITIES) == [2, 3, 5, 5, 7]
    both = preset_with("workbench", added=OF_SECURITIES, removed=("before-issue",))
    assert both.name == "workbench, with after-maturity"


@pytest.mark.parametrize(
    "text",
    [
        "cusip,maturity_date\n00101JAH9,2020-01-02\n",
        "cusip,maturity_date,issue_date\n00101JAH9,2020-01-02,\n",
    ],
)
def test_dates_of_issue_may_be_unknown(text, tmp_path):
    preset = preset_with("workbench", added=OF_SECURITIES)
    assert kept(preset, text, folder=tmp_path) == [1, 2, 3, 5, 5, 7]


def test_the_command_takes_a_reference_file_and_needs_one(tmp_path):
    file = write_text(tmp_path / "a.csv", ROWS, "wrds")
    (tmp_path / "securities.csv").write_text(SECURITIES)
    out = tmp_path / "out"
    clean = ["clean", "transactions", str(file), "--out", str(out)]
    result = CliRunner().invoke(app, [*clean, "--with", "after-maturity"])
    assert result.exit_code == 2
    assert "--securities" in result.stderr
    assert not out.exists()
    reference = ["--securities", str(tmp_path / "securities.csv")]
    result = CliRunner().invoke(app, [*clean, *reference])
    assert result.exit_code == 0, result.output
    assert [row[0] for row in rows_of(out, "clean", "sequence")] == [2, 3, 7]
    why = rows_of(out, "rejects", "sequence, step")
    assert {(1, "before-issue"), (4, "after-maturity"), (6, "after-maturity")} < set(
        why
    )
    report = json.loads((out / "report.json").read_text())
    assert report["preset"] == "workbench, with after-maturity, with before-issue"
    assert [step["step"] for step in report["steps"][-2:]] == list(OF_SECURITIES)
    assert "1 trades are kept of 1 CUSIPs" in report["warnings"][-1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cusip,maturity\nA,2020-01-02\n", "maturity_date"),
        ("cusip,maturity_date\nA,2020-01-02\nA,2020-01-03\n", "row 2 repeats cusip A"),
        ("cusip,maturity_date\nA,soon\n", "row 1: 'soon' is not a date"),
        (
            "cusip,maturity_date,issue_date\nA,2020-01-02,\nB,2020-01-02,then\n",
            "row 2: 'then' is not a date",
        ),
    ],
)
def test_a_spoilt_reference_file_is_refused_by_its_place(tmp_path, text, said):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(DataError, match=said):
        read_securities(tmp_path / "a.csv")
