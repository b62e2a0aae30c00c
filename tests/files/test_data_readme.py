"""data/README.md says of every panel which columns it may have."""

from collections.abc import Collection
from typing import Any

import pytest

from data.dims import DATE_COLUMN
from data.families import PANELS
from data.files.panel_file import NEEDED, column_names, column_table, words_of
from data.half_life import basis_events_panel, event_panel
from data.half_life.checks import COVARIATES
from data.liquidity_regimes.checks import KNOWN_COLUMNS
from data.market.tenors import TENOR_YEARS
from data.panel import PanelKind
from data.price_pressure.checks import known_columns
from data.price_pressure.columns import yield_column
from data.trading_costs import columns, quote_columns
from tests.places import ROOT

README = (ROOT / "data" / "README.md").read_text()

YIELDS = [yield_column(tenor) for tenor in TENOR_YEARS]
OF_EVENTS = ("deviation_date", "outcome", "imputation", "set_aside")
KNOWN: dict[str, Collection[str]] = {
    "price-pressure": known_columns(YIELDS),
    "liquidity-regimes": KNOWN_COLUMNS,
    "basis": [DATE_COLUMN, "basis_2y_bp", "basis_20y_bp"],
    "basis-events": [*basis_events_panel.REQUIRED_COLUMNS, *COVARIATES],
    "half-life": [
        *(*event_panel.REQUIRED_COLUMNS, *OF_EVENTS, *COVARIATES),
        *(event_panel.FAILED_CHECKS, event_panel.CLEANING),
    ],
    "quotes": quote_columns.COLUMNS,
    "trading-costs": {*columns.COLUMNS} - {DATE_COLUMN},
}


@pytest.mark.parametrize("kind", PANELS, ids=lambda kind: kind.name)
def test_the_page_has_the_columns_of_every_panel(kind: PanelKind[Any]) -> None:
    assert column_table(kind.file.layout) in README


@pytest.mark.parametrize("kind", PANELS, ids=lambda kind: kind.name)
def test_the_layout_names_what_is_read(kind: PanelKind[Any]) -> None:
    tenors = ("2", "20") if kind.name == "basis" else map(str, TENOR_YEARS)
    named = [
        name.replace("_Ny_", f"_{tenor}y_")
        for tenor in tenors
        for name in column_names(kind.file.layout)
    ]
    assert set(named) == set(KNOWN[kind.name])


def test_words_of_a_column_are_those_of_its_pattern() -> None:
    layout = PANELS[0].file.layout
    words = words_of(layout, ["yield_30y_bp", "date"])
    assert list(words) == ["yield_30y_bp", "date"]
    assert words["yield_30y_bp"].startswith("zero-coupon yield")
    assert words["date"].startswith("YYYY-MM-DD;")
    side = words_of(columns.LAYOUT, ["side"])["side"]
    assert side.endswith("; optional")
    with pytest.raises(KeyError, match="yield_bp"):
        words_of(layout, ["yield_bp"])


def test_what_is_needed_is_said() -> None:
    assert column_names(columns.LAYOUT, NEEDED) == columns.REQUIRED_COLUMNS
    assert "time" in columns.REQUIRED_COLUMNS
    assert "side" not in columns.REQUIRED_COLUMNS
