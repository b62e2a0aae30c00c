import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from statsmodels.tsa.stattools import acf
from typer.testing import CliRunner

from data.half_life.basis_panel import basis_panel_from_frame
from data.market.trading_days import TreasuryHolidays
from models.__main__ import app
from models.half_life.basis_simulation import (
    NUM_GAP_DAYS,
    BasisParameters,
    simulate_basis,
    simulate_basis_with_truth,
)

LONG = 20_000
# The standard error of an autocorrelation of a persistent series of 20,000 days is
# below 0.01, that of a standard deviation below one percent; four of each.
CORRELATION_TOLERANCE = 0.04
RELATIVE_TOLERANCE = 0.04


def test_panel_can_be_fitted_and_holidays_are_missing() -> None:
    frame = simulate_basis(1, 300)
    basis_panel_from_frame(frame, "twin")
    dates = frame["date"]
    holidays = dates.isin(TreasuryHolidays().holidays(dates.iloc[0], dates.iloc[-1]))
    missing = frame.drop(columns="date").isna()
    assert missing[holidays].all(axis=None)
    assert not missing.iloc[:, 1:][~holidays].any(axis=None)
    assert missing.iloc[150 : 150 + NUM_GAP_DAYS, 0].all()


def test_seed_makes_the_panel() -> None:
    assert_frame_equal(simulate_basis(4, 100), simulate_basis(4, 100))
    assert not simulate_basis(4, 100).equals(simulate_basis(5, 100))


def test_components_move_as_their_parameters_say() -> None:
    truth = BasisParameters()
    found = simulate_basis_with_truth(2, LONG)
    np.testing.assert_allclose(
        np.diff(found.level_bp, axis=0).std(axis=0),
        truth.level_innovation_sd_bp,
        rtol=RELATIVE_TOLERANCE,
    )
    autocorrelation = [acf(x, nlags=2)[1:] for x in found.deviation_bp.T]
    expected = [(phi, phi**2) for phi in truth.persistence]
    np.testing.assert_allclose(autocorrelation, expected, atol=CORRELATION_TOLERANCE)
    innovation = found.deviation_bp[1:] - truth.persistence * found.deviation_bp[:-1]
    np.testing.assert_allclose(
        innovation.std(axis=0),
        truth.deviation_innovation_sd_bp,
        rtol=RELATIVE_TOLERANCE,
    )


def test_the_rest_is_noise() -> None:
    found = simulate_basis_with_truth(3, LONG)
    basis = found.frame.drop(columns="date").to_numpy()
    noise = pd.DataFrame(basis - found.level_bp - found.deviation_bp)
    np.testing.assert_allclose(
        noise.std(), found.parameters.noise_sd_bp, rtol=RELATIVE_TOLERANCE
    )
    lagged = [noise[k].autocorr() for k in noise]
    np.testing.assert_allclose(lagged, 0.0, atol=CORRELATION_TOLERANCE)


def test_deviation_starts_where_it_stays() -> None:
    num_series = 2000
    sd = (1.0,) * num_series
    truth = BasisParameters(
        tenor=tuple(range(1, num_series + 1)),
        persistence=(0.98,) * num_series,
        level_innovation_sd_bp=sd,
        deviation_innovation_sd_bp=sd,
        noise_sd_bp=sd,
    )
    first = simulate_basis_with_truth(1, 2, truth).deviation_bp[0]
    # Stationary sd 1 / sqrt(1 - 0.98**2); 2,000 draws give it to 1.6 percent.
    assert np.std(first) == pytest.approx(5.025, rel=0.07)


def test_command_writes_what_the_function_simulates(tmp_path: object) -> None:
    out = f"{tmp_path}/basis.parquet"
    arguments = ["simulate", "basis", "--seed", "4", "--days", "90", "--out", out]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    written = pd.read_parquet(out).drop(columns="simulated")
    assert_frame_equal(written, simulate_basis(4, 90), check_dtype=False)
