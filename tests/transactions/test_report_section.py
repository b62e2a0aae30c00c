"""The report's section on cleaned transactions."""

import json
import re

import pytest
from typer.testing import CliRunner

from analysis.__main__ import app
from analysis.page.exhibit import table_of
from analysis.transactions.cleaning import GROUPS, load_cleanings, reason_group
from analysis.transactions.comparison import SCORES
from analysis.transactions.rows import STEPS
from analysis.transactions.section import transactions_section
from data.errors import DataError
from data.transactions.clean import Work, clean_transactions
from data.transactions.dialects import DIALECTS
from data.transactions.presets import PRESETS
from models.transactions.files import PARQUET, TIDY
from models.transactions.rates import ErrorRates
from models.transactions.simulation import Scenario
from models.transactions.twin import write_twin
from tests.latex import compile_tables

NAMES = ("workbench", "tidyfinance")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("transactions")
    scenario = Scenario(trades=1500, securities=10, rates=ErrorRates().times(3))
    write_twin(scenario, folder / "twin", "wrds", PARQUET, TIDY)
    for name in NAMES:
        clean_transactions(
            [folder / "twin" / "messages"],
            DIALECTS["wrds"],
            PRESETS[name],
            folder / name,
            work=Work(buckets=1),
        )
    return folder


@pytest.fixture(scope="module")
def cleanings(folders):
    return load_cleanings([folders / name for name in NAMES], folders / "twin")


@pytest.fixture(scope="module")
def report(folders, tmp_path_factory):
    out = tmp_path_factory.mktemp("report")
    options = [f"--transactions={folders / name}" for name in NAMES]
    result = CliRunner().invoke(
        app, ["report", *options, f"--twin={folders / 'twin'}", f"--out={out}"]
    )
    assert result.exit_code == 0, result.output
    return out


def test_the_command_writes_a_page_without_any_trace(folders, report):
    page = (report / "index.html").read_text()
    rows = json.loads((folders / "workbench" / "report.json").read_text())["rows"]
    assert f"Of {rows['input']:,} messages {rows['kept']:,}" in page
    assert len(re.findall("data:image/png", page)) == 4
    assert len(list((report / "tables").glob("*.csv"))) == 4


def test_every_latex_table_compiles(report, tmp_path):
    compile_tables(sorted((report / "tables").glob("*.tex")), tmp_path)


def test_without_a_twin_nothing_is_said_of_truth(folders):
    alone = load_cleanings([folders / "workbench"], None)
    section = transactions_section(alone)
    assert [block.title for block in section.blocks] == ["Rows and reasons"]
    assert "Against the truth" not in [found.title for found in section.findings]


def test_every_row_has_a_kind_of_reason(cleanings):
    for cleaning in cleanings:
        assert set(cleaning.rejects["group"]) <= set(GROUPS)
        rows = cleaning.account["rows"]
        assert cleaning.rejects["rows"].sum() == rows["rejected"]
    assert reason_group("unmatched Y") == "cancels and reversals"
    assert reason_group("settlement") == "filters"
    assert reason_group("cancelled (details)") == "voided records"


def test_steps_add_up_to_what_is_kept(cleanings):
    frame = table_of(STEPS, cleanings[0]).frame
    rows = cleanings[0].account["rows"]
    assert rows["input"] - frame["removed"].sum() == rows["kept"]
    assert frame["left"].iloc[-1] == rows["kept"]


def test_scores_of_every_cleaning_are_side_by_side(cleanings):
    table = table_of(SCORES, cleanings)
    assert list(table.display.columns[1:]) == list(NAMES)
    assert set(table.frame["cleaning"]) == set(NAMES)


def test_folders_that_cannot_be_compared_are_refused(folders, tmp_path):
    with pytest.raises(DataError, match="no account"):
        load_cleanings([tmp_path], None)
    with pytest.raises(DataError, match="two cleanings"):
        load_cleanings([folders / "workbench"] * 2, None)


def test_a_report_of_nothing_is_refused(tmp_path):
    result = CliRunner().invoke(app, ["report", f"--out={tmp_path / 'report'}"])
    assert result.exit_code == 2
    assert not (tmp_path / "report").exists()
