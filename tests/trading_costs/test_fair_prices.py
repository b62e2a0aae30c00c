"""Fair prices of cleaned transactions, and the effective spreads that follow."""

import pandas as pd
import pytest
from typer.testing import CliRunner

from data.__main__ import app
from tests.trading_costs.quote_frames import flat_quotes
from tests.transactions.trades import trade, write_cleaned

NOON = pd.Timestamp("2024-12-30 12:00")
CENTS = 0.02
"""That a customer pays from the mid."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Quotes at nine, noon and the next day; trades that follow them."""
    folder = tmp_path_factory.mktemp("fair")
    quotes = flat_quotes()
    quotes.to_parquet(folder / "quotes.parquet")
    noon = quotes[quotes["time"] == NOON].set_index("security")
    mid = (noon["bid_price"] + noon["ask_price"]) / 2

    def bought(row, name, clock, *, side="S", day="2024-12-30"):
        paid = CENTS if side == "S" else -CENTS
        return trade(row, day, clock, mid[name] + paid, 1e6, side, cusip=name)

    write_cleaned(
        folder / "trades",
        [
            bought(1, "OLD8", "12:20:00"),
            bought(2, "OLD8", "13:00:00", side="B"),
            bought(3, "10Y", "12:00:00"),
            # Before the first quote; of a bond that nobody quotes; without the day's
            # benchmark.
            bought(4, "OLD8", "08:00:00"),
            bought(5, "10Y", "08:00:00", day="2025-01-02"),
            {**bought(6, "OLD4", "12:20:00"), "cusip": "NOBODYS"},
        ],
    )
    return folder


def run(*arguments):
    return CliRunner().invoke(app, ["build", *map(str, arguments)])


def fair(folder, quotes="quotes.parquet"):
    given = ("--quotes", folder / quotes, "--trades", folder / "trades")
    return run("fair-prices", *given, "--out", folder / "fair.parquet")


def test_what_customers_paid_comes_back_as_effective_spread(folder):
    result = fair(folder)
    assert result.exit_code == 0, result.output
    assert "3 of 6 trades with a price; 1 of benchmark issues" in result.output
    prices = pd.read_parquet(folder / "fair.parquet").set_index("row_id")["fair_price"]
    assert sorted(prices.index) == [1, 2, 3]
    given = ("--trades", folder / "trades", "--fair-prices", folder / "fair.parquet")
    result = run("measures", *given, "--out", folder / "days.csv")
    assert result.exit_code == 0, result.output
    assert "of 3 of 6 trades" in result.output
    days = pd.read_csv(folder / "days.csv").set_index(["cusip", "day"])
    for name, row in (("OLD8", 1), ("10Y", 3)):
        cost = days.loc[(name, "2024-12-30"), "effective_spread_bp"]
        assert cost == pytest.approx(2e4 * CENTS / prices[row], rel=1e-6)


def test_quotes_of_other_bonds_are_told(folder):
    quotes = pd.read_parquet(folder / "quotes.parquet")
    others = quotes.assign(security="X" + quotes["security"])
    others.to_parquet(folder / "others.parquet")
    result = fair(folder, "others.parquet")
    assert result.exit_code == 2
    assert "none of 6 trades" in result.output
    assert "named by CUSIP" in result.output
