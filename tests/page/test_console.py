"""What a terminal shows of posteriors, and single tables and figures as files."""

import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pandas as pd
import pytest
from rich.console import Console

from analysis.console import changes, compared, summary
from analysis.page.table import Table
from analysis.page.table_files import WRITERS, write_table_as
from analysis.page.terminal import print_table
from data.errors import DataError
from tests.price_pressure.traces import random_fit


def printed(table: Table) -> str:
    console = Console(width=200)
    with console.capture() as capture:
        print_table(table, console)
    return capture.get()


def test_the_summary_gives_every_shown_parameter_and_the_verdict() -> None:
    fit = random_fit("cash-inventory")
    table = summary(fit)
    draws = fit.posterior["price_pressure"].sel(inventory_market="cash", tenor=10)
    row = table.frame.set_index("element").loc["price_pressure[cash, 10]"]
    assert row["mean"] == pytest.approx(float(draws.mean()))
    text = printed(table)
    assert "10y cash" in text
    assert fit.judgement.summary in " ".join(text.split())


def test_no_sign_is_given_of_what_cannot_be_negative() -> None:
    table = summary(random_fit("cash-inventory"))
    shown = table.display.set_index(table.frame["element"])["P(> 0)"]
    assert shown["yield_noise_sd_bp[10]"] == ""
    assert shown["price_pressure[cash, 10]"] != ""


def test_the_summary_of_a_failed_fit_begins_with_its_warning() -> None:
    text = printed(summary(random_fit("cash-inventory", ("R-hat of x is 1.4",))))
    assert text.startswith("DIAGNOSTICS FAILED")


def test_fits_that_are_not_scored_are_not_compared() -> None:
    fit = random_fit("cash-inventory")
    unscored = fit.tree.copy()
    del unscored["leave_future_out"]
    with pytest.raises(DataError, match="inference score"):
        compared([replace(fit, tree=unscored)])


def test_a_fit_does_not_change_against_itself() -> None:
    fit = random_fit("cash-inventory")
    frame = changes(fit, fit).frame
    assert (frame["shift_in_sd"] == 0).all()
    assert (frame["sd_ratio"] == 1).all()


@pytest.fixture
def table() -> Table:
    frame = pd.DataFrame({"fit": ["=1+1", "b"], "mean": [0.123456, 2.0]})
    display = pd.DataFrame({"Fit": ["=1+1", "b"], "Mean": ["0.12", "2.00"]})
    return Table("table_of_means", "Means, bp.", frame, display, "do not use")


@pytest.mark.parametrize("ending", WRITERS)
def test_every_kind_of_file_is_written(
    table: Table, ending: str, tmp_path: Path
) -> None:
    path = tmp_path / f"t{ending}"
    write_table_as(table, path)
    assert path.stat().st_size > 0
    assert list(tmp_path.iterdir()) == [path]


def test_excel_gets_unrounded_numbers_and_no_formula(
    table: Table, tmp_path: Path
) -> None:
    path = tmp_path / "t.xlsx"
    write_table_as(table, path)
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        texts = parts.read("xl/sharedStrings.xml").decode()
    assert "0.123456" in sheet
    assert "<f>" not in sheet
    assert "=1+1" in texts
    assert "do not use" in texts


def test_word_gets_what_is_printed_under_its_warning(
    table: Table, tmp_path: Path
) -> None:
    path = tmp_path / "t.docx"
    write_table_as(table, path)
    document = docx.Document(str(path))
    (grid,) = document.tables
    assert [cell.text for cell in grid.rows[1].cells] == ["=1+1", "0.12"]
    assert document.paragraphs[0].text == "do not use."


def test_a_kind_that_nobody_writes_is_refused(table: Table, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"\.docx"):
        write_table_as(table, tmp_path / "t.ods")
