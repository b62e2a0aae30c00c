"""Panels simulated on volatilities that are given, and the command that fits them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from data.market.trading_days import trading_days_from
from models.liquidity_regimes.market import simulate_volatilities
from studies.__main__ import app
from studies.liquidity_regimes.real_covariates import panel_on_real_volatilities

RUNNER = CliRunner()
DAYS = 400
MATURITIES = ["volatility_1m_bp", "volatility_3m_bp"]


def volatilities() -> pd.DataFrame:
    frame = simulate_volatilities(DAYS, np.random.default_rng(9))
    days = trading_days_from("2014-04-01", DAYS)
    return frame[["volatility_bp", *MATURITIES]].set_index(days).rename_axis("date")


@pytest.mark.parametrize(
    ("columns", "model", "covariates"),
    [([], "IV", ["V", "VV", "CS"]), (MATURITIES, "II", ["V", "VV"])],
)
def test_panels_hold_the_volatilities_and_what_follows_from_them(
    columns: list[str], model: str, covariates: list[str]
) -> None:
    given = volatilities().drop(columns=columns)
    panel, specification = panel_on_real_volatilities(given, "options", seed=1)
    assert specification.covariates == model
    known = panel.dataset["covariate_bp"].dropna("covariate")
    assert known["covariate"].to_numpy().tolist() == covariates
    np.testing.assert_array_equal(
        known.sel(covariate="V"), given["volatility_bp"].iloc[1:]
    )
    assert panel.source == "simulated on options, seed 1"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ([], "no volatilities"),
        (["--swaptions", "quotes.csv"], "--zero-curve FILE"),
        (["--volatility", "no-such.csv"], "no-such.csv: no such file"),
        (["--out", "table.txt"], "does not end in .csv"),
    ],
)
def test_bad_input_ends_with_two_before_anything_is_fitted(
    tmp_path: Path, options: list[str], problem: str
) -> None:
    out = ["--out", str(tmp_path / "table.csv")]
    result = RUNNER.invoke(
        app, ["real-covariates", "liquidity-regimes", *out, *options]
    )
    assert result.exit_code == 2
    assert problem in result.stderr
    assert not list(tmp_path.iterdir())
