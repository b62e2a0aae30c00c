"""Fair values between real quotes, and the interval that is stated of their error."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.trading_costs.benchmark import CurveSettings, benchmark_of
from data.trading_costs.error_variance import error_variance
from data.trading_costs.fair_value import fair_values, hedges_of
from data.trading_costs.quote_measures import (
    DOLLAR_DURATION,
    MATURITY,
    MID,
    measured,
)
from data.trading_costs.quote_panel import typed_quotes

SHORTEST_YEARS = 1.0
LEARNED_BEFORE = np.datetime64("2020-01-01")
AFTER_THE_STRESS = np.datetime64("2020-04-01")


def _daily_quotes(shared: Path) -> pd.DataFrame:
    """Clean prices of 46 issues; every second one by maturity moves fair values."""
    path = shared / "data" / "bonds" / "treasury_price_panel_46cusips_2004_2021.parquet"
    prices = pd.read_parquet(path).assign(date=lambda x: pd.to_datetime(x["date"]))
    prices = prices[prices["date"] >= "2018-01-01"]
    prices = prices.sort_values(["date", "maturity"])
    issues = prices.sort_values("maturity")["cusip"].drop_duplicates().tolist()
    return typed_quotes(
        pd.DataFrame(
            {
                "time": prices["date"],
                "security": prices["cusip"],
                "bid_price": prices["clean_price"],
                "ask_price": prices["clean_price"],
                "maturity_date": pd.to_datetime(prices["maturity"]),
                "coupon_percent": prices["coupon"],
                "kind": "note",
                "is_benchmark": prices["cusip"].map(issues.index) % 2 == 0,
            }
        ),
        "46 issues",
    )


@pytest.mark.long
def test_the_interval_learned_before_2020_holds_afterwards(shared: Path) -> None:
    """Within 3 points of 95%, since forecasts of one day share its surprise.

    Each price is forecast from that of the day before and the benchmark's of its own.
    Stress and calm together: these quotes have no spread that would tell March of 2020,
    whose intervals hold less, from the summer of 2021, whose intervals hold more.
    """
    quotes = measured(_daily_quotes(shared))
    benchmark = benchmark_of(quotes, CurveSettings(), "46 issues")
    old = quotes[~quotes["is_benchmark"] & quotes[MID].notna()].reset_index(drop=True)
    at = old["time"].to_numpy()
    fair = fair_values(old, benchmark, hedges_of(old, benchmark), old["security"], at)
    error_bp = 1e4 * (old[MID] - fair.dirty) / old[DOLLAR_DURATION]
    seen = pd.DataFrame(
        {
            "gap_hours": fair.gap_hours,
            "maturity_years": old[MATURITY],
            "hedge_noise": fair.hedge_noise,
            "illiquidity": fair.illiquidity,
        }
    )
    known = np.isfinite(error_bp) & (old[MATURITY] > SHORTEST_YEARS)
    early, late = known & (at < LEARNED_BEFORE), known & (at >= LEARNED_BEFORE)
    variance = error_variance(error_bp[early], **seen[early])
    half = variance.quantile(0.975) * variance.scale_bp(**seen[late])
    inside = np.abs(error_bp[late]) < half
    assert inside.mean() == pytest.approx(0.95, abs=0.03)
    # Measured: 0.849. That stress is not told is what docs/evidence.md admits.
    assert inside[at[late] < AFTER_THE_STRESS].mean() < 0.9
    # As measured, 0.14 basis points, with room for other machines.
    assert np.median(np.abs(error_bp[known])) < 0.2
