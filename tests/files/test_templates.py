"""Files to begin with, tables as spreadsheets write them, and one's own positions."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from typer.testing import CliRunner

from data.__main__ import app
from data.errors import DataError
from data.families import PANELS, TEMPLATES
from data.files.cells import read_cells
from data.files.table_reader import local_dates, read_table
from data.panel import MADE_UP, Template
from data.price_pressure.own_positions import build_own_positions, par_yields_percent
from data.price_pressure.panel import read_price_pressure_panel
from data.trading_costs.quote_panel import read_quote_panel
from models.price_pressure.inputs import select_inputs
from models.price_pressure.variants import VARIANTS
from models.trading_costs.cross_section import (
    CrossSectionSpecification,
    select_cross_section,
)

BY_NAME = {template.name: template for template in TEMPLATES}


@pytest.mark.parametrize("kind", [".csv", ".xlsx"])
@pytest.mark.parametrize("template", TEMPLATES, ids=lambda each: each.name)
def test_a_template_is_read_back_with_its_columns(
    template: Template, kind: str, tmp_path: Path
) -> None:
    path = tmp_path / f"mine{kind}"
    template.write(path)
    template.read(path)
    assert list(read_cells(path, "")) == list(template.words)
    if kind == ".csv":
        text = path.read_text()
        assert text.startswith(f"# {MADE_UP}\n")
        assert all(
            f"# {name}: {what}\n" in text for name, what in template.words.items()
        )


def test_every_kind_of_panel_has_a_template() -> None:
    assert {kind.name for kind in PANELS} <= set(BY_NAME)


def test_the_template_of_price_pressure_serves_every_variant(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    BY_NAME["price-pressure"].write(path)
    panel = read_price_pressure_panel(path)
    for variant in VARIANTS.values():
        assert len(select_inputs(panel, variant).yield_bp)


def test_the_template_of_quotes_makes_a_curve(tmp_path: Path) -> None:
    path = tmp_path / "quotes.csv"
    BY_NAME["quotes"].write(path)
    chosen = CrossSectionSpecification()
    assert len(select_cross_section(read_quote_panel(path), chosen).prices) == 6


def test_the_command_writes_and_lists_and_overwrites_nothing(tmp_path: Path) -> None:
    def run(*arguments: object) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["template", *map(str, arguments)])
        return done.exit_code, done.output

    path = tmp_path / "mine.csv"
    assert run("basis", "--out", path)[0] == 0
    before = path.read_text()
    assert run("basis", "--out", path) == (
        2,
        f"Error: {path} is there already\n  Remedy: choose another name.\n",
    )
    assert path.read_text() == before
    status, output = run("positions")
    assert status == 0
    assert "inventory_cash_2y_busd: dealers' inventory at market value" in output
    status, output = run("nothing")
    assert status == 2
    assert "price-pressure" in output
    assert run("basis", "--out", tmp_path / "mine.ods")[0] == 2


def text_table(text: str) -> pd.DataFrame:
    return read_table(text.encode(), "mine.csv")


def test_semicolons_and_decimal_commas_are_read() -> None:
    table = text_table("date;a;b\n31.12.2020;3,5;1.234,5\n01.02.2021;-0,25;#N/A\n")
    assert table.to_numpy().tolist() == [
        ["31.12.2020", "3.5", "1234.5"],
        ["01.02.2021", "-0.25", "#N/A"],
    ]
    dates = local_dates(table["date"])
    assert dates.dt.strftime("%Y-%m-%d").tolist() == ["2020-12-31", "2021-02-01"]


@pytest.mark.parametrize("mark", [";", "\t"])
def test_decimal_points_stay_where_there_are_no_commas(mark: str) -> None:
    table = text_table(f"date{mark}a\n2020-12-31{mark}1.234\n")
    assert table["a"].item() == "1.234"


def test_a_number_that_may_be_thousands_is_refused() -> None:
    with pytest.raises(DataError, match=r"line 3: '1\.234'"):
        text_table("date;a\n2020-12-31;3,5\n2021-01-31;1.234\n")


def test_commas_in_comma_separated_text_are_no_decimal_signs() -> None:
    assert text_table('date,a\n2020-12-31,"3,5"\n')["a"].item() == "3,5"


def test_a_row_that_begins_with_a_missing_value_is_no_comment() -> None:
    table = text_table("date,a\n# a remark\n#N/A,1\n2020-12-31,2\n")
    assert table["date"].tolist() == ["#N/A", "2020-12-31"]


@pytest.mark.parametrize("dates", ["2020-01-31", "2020-02-29"])
def test_ends_of_months_are_a_month_apart(dates: str, tmp_path: Path) -> None:
    frame = BY_NAME["price-pressure"].rows()
    months = pd.date_range(dates, periods=len(frame), freq="ME")
    yields = [name for name in frame if str(name).startswith("yield")]
    path = tmp_path / "monthly.csv"
    frame.assign(date=months)[["date", *yields]].to_csv(path, sep=";", decimal=",")
    panel = read_price_pressure_panel(path)
    assert panel.dataset.sizes["month"] == len(frame)
    assert float(panel.dataset["yield_bp"][0, 0]) == frame[yields[0]].iloc[0]


def workbook(path: Path, *, error: str = "#N/A", named: bool = True) -> Path:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("mine")
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    sheet.write_row(0, 0, ["date", "value", "tenor"])
    for row, date in enumerate(pd.date_range("2020-01-31", periods=3, freq="ME"), 1):
        sheet.write_datetime(row, 0, date.to_pydatetime(), day)
        sheet.write(row, 1, row + 0.25)
        sheet.write(row, 2, 10)
    sheet.write_formula(2, 1, "=NA()", None, error)
    if not named:
        sheet.write(3, 5, "stray")
    book.add_worksheet("other").write(0, 0, "not read")
    book.close()
    return path


def test_a_sheet_is_read_as_text_is(tmp_path: Path) -> None:
    table = read_cells(workbook(tmp_path / "mine.xlsx"), "")
    assert table.to_numpy().tolist() == [
        ["2020-01-31", "1.25", "10"],
        ["2020-02-29", "#N/A", "10"],
        ["2020-03-31", "3.25", "10"],
    ]


def test_errors_of_a_sheet_are_told_and_not_taken_for_missing(tmp_path: Path) -> None:
    table = read_cells(workbook(tmp_path / "mine.xlsx", error="#DIV/0!"), "")
    assert table["value"][1] == "#DIV/0!"
    with pytest.raises(DataError, match="'stray' stands in a column without a name"):
        read_cells(workbook(tmp_path / "other.xlsx", named=False), "")


@pytest.mark.parametrize(
    ("content", "wrong"),
    [(b"PK\x03\x04 cut off", "readable Excel"), (b"\xd0\xcf\x11\xe0", "before 2007")],
)
def test_a_sheet_that_cannot_be_read_says_so(
    content: bytes, wrong: str, tmp_path: Path
) -> None:
    path = tmp_path / "mine.xlsx"
    path.write_bytes(content)
    with pytest.raises(DataError, match=wrong):
        read_cells(path, "")


def positions(tmp_path: Path, **changed: object) -> Path:
    frame = BY_NAME["positions"].rows().assign(**changed)
    path = tmp_path / "positions.csv"
    frame.to_csv(path, index=False)
    return path


def test_positions_become_risk_order_flow_and_surprises(tmp_path: Path) -> None:
    path = positions(tmp_path)
    frame = build_own_positions(path).frame
    table = pd.read_csv(path)
    value, duration = table["inventory_cash_5y_busd"], table["duration_cash_5y_years"]
    # A billion with a duration of d years loses d hundredths of a per cent a bp.
    np.testing.assert_allclose(
        frame["dv01_cash_5y_musd"], value * 1e9 * duration * 1e-4 / 1e6
    )
    flow = -value.diff()
    np.testing.assert_allclose(frame["order_flow_cash_5y_busd"], flow)
    lag, now = flow[1:-1].to_numpy(), flow[2:].to_numpy()
    slope, intercept = np.polyfit(lag, now, 1)
    np.testing.assert_allclose(
        frame["order_flow_surprise_cash_5y_busd"][2:],
        now - intercept - slope * lag,
        atol=1e-9,
    )


def test_positions_without_durations_are_par_bonds(tmp_path: Path) -> None:
    table = BY_NAME["positions"].rows()
    durations = [x for x in table if str(x).startswith("duration")]
    path = tmp_path / "positions.csv"
    table.drop(columns=durations).to_csv(path, index=False)
    frame = build_own_positions(path).frame
    per_billion = frame["dv01_cash_5y_musd"] / frame["inventory_cash_5y_busd"]
    # A par bond of four and a half years at three per cent: some 4.2 years.
    np.testing.assert_allclose(per_billion, 0.42, atol=0.02)


def test_a_par_bond_is_worth_its_face() -> None:
    curve = pd.DataFrame({2: [310.0], 5: [350.0], 10: [400.0], 20: [430.0]})
    coupon = par_yields_percent(curve, 8.5).item()
    times = np.arange(0.5, 8.75, 0.5)
    zero = np.interp(times, list(curve.columns), curve.iloc[0]) / 1e4
    payments = np.full(len(times), coupon / 2)
    payments[-1] += 100.0
    assert payments @ np.exp(-zero * times) == pytest.approx(100.0, abs=1e-9)


@pytest.mark.parametrize(
    ("dropped", "wrong"),
    [
        ("inventory_cash_5y_busd", "inventory_cash_5y_busd is missing"),
        ("inventory", "no positions"),
        ("yield", "no yields"),
    ],
)
def test_tables_without_positions_are_refused(
    dropped: str, wrong: str, tmp_path: Path
) -> None:
    table = BY_NAME["positions"].rows()
    gone = [x for x in table if str(x).startswith(dropped)]
    path = tmp_path / "positions.csv"
    table.drop(columns=gone).to_csv(path, index=False)
    with pytest.raises(DataError, match=wrong):
        build_own_positions(path)


def test_the_panel_of_positions_can_be_fitted(tmp_path: Path) -> None:
    out = tmp_path / "panel.parquet"
    command = ["build", "positions", "--positions", str(positions(tmp_path))]
    done = CliRunner().invoke(app, [*command, "--out", str(out)])
    assert done.exit_code == 0, done.output
    panel = read_price_pressure_panel(out)
    assert len(select_inputs(panel, VARIANTS["cash-inventory"]).yield_bp) == 60
