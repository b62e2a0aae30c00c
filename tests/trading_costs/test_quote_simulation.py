"""Simulated quotes: a curve that is known, on a command that writes a panel."""

import numpy as np
from typer.testing import CliRunner

from data.trading_costs.quote_measures import measured
from data.trading_costs.quote_panel import read_quote_panel
from models.__main__ import app


def test_the_command_simulates_a_panel_on_its_curve(tmp_path):
    out = tmp_path / "quotes.parquet"
    result = CliRunner().invoke(app, ["simulate", "quotes", "--out", str(out)])
    assert result.exit_code == 0, result.output
    found = measured(read_quote_panel(out).frame)
    # Ten moments a day of seven issues, five of them of sixty more.
    assert len(found) == 2 * (10 * 7 + 5 * 60)
    opening = found[found["time"] == found["time"].min()]
    years = opening["maturity_years"].to_numpy()
    on = opening["is_benchmark"].to_numpy()
    shape = 0.006 * np.exp(-years / 2) - 0.004 * years / 5 * np.exp(-years / 5)
    level = opening["yield_percent"].to_numpy() / 100 - shape
    assert np.ptp(level[on]) < 2e-4
    again = tmp_path / "again.parquet"
    CliRunner().invoke(app, ["simulate", "quotes", "--out", str(again)])
    assert again.read_bytes() == out.read_bytes()
