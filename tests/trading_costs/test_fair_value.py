"""Fair values: never a look ahead, exact where the hedge is, errors of known size."""

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from data.__main__ import app
from data.errors import DataError
from data.trading_costs.accrued import accrued_at_settlement
from data.trading_costs.as_of import last_before
from data.trading_costs.benchmark import CurveSettings, benchmark_of
from data.trading_costs.effective_spread import effective_spread
from data.trading_costs.error_variance import error_variance
from data.trading_costs.fair_value import fair_values, hedges_of
from data.trading_costs.panel import read_trading_costs_panel
from data.trading_costs.quote_measures import measured
from data.trading_costs.quote_panel import typed_quotes
from data.trading_costs.relative_illiquidity import relative_illiquidity
from tests.trading_costs.quote_frames import ISSUES, flat_quotes

SECOND = pd.Timedelta(seconds=1)
OLD = ("OLD4", "OLD8", "OLD18")


def _times(*moments):
    return np.array(moments, dtype="datetime64[us]")


def test_the_last_observation_before_a_moment_is_found():
    groups = np.array([0, 1, 0, 0, 1])
    times = _times("2024-01-01", "2024-01-02", "2024-01-03", "2024-01-02", "2024-01-05")
    asked = np.array([0, 0, 0, 1, 1, 2, -1])
    at = _times(
        "2024-01-02",
        "2024-01-09",
        "2023-12-31",
        "2024-01-05",
        "2024-01-02",
        *2 * ["2024-01-09"],
    )
    before = last_before(groups, times, asked, at, same_moment=False)
    np.testing.assert_array_equal(before, [0, 2, -1, 1, -1, -1, -1])
    by_then = last_before(groups, times, asked, at, same_moment=True)
    np.testing.assert_array_equal(by_then, [3, 2, -1, 4, 1, -1, -1])


def test_the_join_is_that_of_pandas():
    rng = np.random.default_rng(4)
    start = np.datetime64("2024-01-02T09:00", "us")
    left, right = (
        pd.DataFrame(
            {
                "time": start + rng.integers(0, 5000, size).astype("timedelta64[s]"),
                "group": rng.integers(0, 7, size),
            }
        ).sort_values("time", kind="stable", ignore_index=True)
        for size in (800, 300)
    )
    expected = pd.merge_asof(
        left,
        right.assign(row=np.arange(len(right))),
        on="time",
        by="group",
        allow_exact_matches=False,
    )["row"].fillna(-1)
    found = last_before(
        right["group"].to_numpy(),
        right["time"].to_numpy(),
        left["group"].to_numpy(),
        left["time"].to_numpy(),
        same_moment=False,
    )
    np.testing.assert_array_equal(found, expected)


def _market(quotes, securities, times, ridge=1.0):
    frame = measured(typed_quotes(quotes, "here"))
    benchmark = benchmark_of(frame, CurveSettings(ridge=ridge), "here")
    old = frame[~frame["is_benchmark"]].reset_index(drop=True)
    hedges = hedges_of(old, benchmark)
    found = fair_values(old, benchmark, hedges, pd.Series(securities), _times(*times))
    return frame, old, benchmark, hedges, found


def test_a_parallel_move_of_the_benchmark_moves_the_fair_value():
    """Old issues are quoted at nine alone; at noon yields are 0.2 bp higher."""
    quotes = flat_quotes(yields=(0.0430, 0.04302, 0.0431))
    noon = pd.Timestamp("2024-12-30 12:00")
    stale = quotes[(quotes["time"] != noon) | ~quotes["security"].isin(OLD)]
    *_, found = _market(stale, OLD, ["2024-12-30 12:00"] * 3)
    truth = measured(typed_quotes(quotes, "here"))
    truth = truth[(truth["time"] == noon) & truth["security"].isin(OLD)]
    off_bp = 1e4 * (found.dirty - truth["dirty_mid"]) / truth["dollar_duration"]
    assert np.abs(off_bp).max() < 0.005
    assert (found.gap_hours == 3).all()


def test_over_a_night_the_fair_value_carries():
    """The next day nothing has moved but time: no price change is an error."""
    quotes = flat_quotes(yields=(0.0430, 0.0430, 0.0430))
    stale = quotes[(quotes["time"] < "2024-12-31") | ~quotes["security"].isin(OLD)]
    *_, found = _market(stale, OLD, ["2024-12-31 09:00"] * 3)
    truth = measured(typed_quotes(quotes, "here")).tail(11)
    truth = truth[truth["security"].isin(OLD)]
    off_bp = 1e4 * (found.dirty - truth["dirty_mid"]) / truth["dollar_duration"]
    assert np.abs(off_bp).max() < 0.1
    assert (found.gap_hours == 21).all()


def test_no_later_quote_is_seen():
    """A quote at the moment itself, or a second later, changes nothing before it."""
    quotes = flat_quotes()
    at = ["2024-12-30 12:00:00"]
    *_, before = _market(quotes, ["OLD8"], at)
    is_noon = quotes["time"] == pd.Timestamp(at[0])
    is_old = quotes["security"].isin(OLD)
    # The indicative quote of that moment is not yet known to a trade of that moment.
    later = quotes.copy()
    later.loc[is_noon & is_old, ["bid_price", "ask_price"]] += 1.0
    *_, found = _market(later, ["OLD8"], at)
    assert found.dirty == before.dirty
    # A second earlier it is.
    earlier = later.copy()
    earlier.loc[is_noon & is_old, "time"] -= SECOND
    earlier = earlier.sort_values("time", kind="stable")
    *_, found = _market(earlier, ["OLD8"], at)
    assert found.dirty[0] == pytest.approx(before.dirty[0] + 1.0, abs=0.2)
    assert found.gap_hours[0] == pytest.approx(1 / 3600)
    # The benchmark of that moment is known, and a second later is not.
    shifted = quotes.copy()
    shifted.loc[is_noon & ~is_old, "time"] += SECOND
    shifted = shifted.sort_values("time", kind="stable")
    *_, found = _market(shifted, ["OLD8"], at)
    assert found.dirty != before.dirty
    nine = flat_quotes(yields=(0.0430, 0.0430, 0.0431))
    *_, unmoved = _market(nine, ["OLD8"], at)
    assert found.dirty == pytest.approx(unmoved.dirty)


def test_a_frozen_hedge_is_the_refit_to_within_0_005_bp():
    """Yields move by 10 bp over a day whose weights were set at its first quote."""
    moved = flat_quotes(yields=(0.0430, 0.0440, 0.0431))
    frame, _, benchmark, hedges, _ = _market(moved, ["OLD8"], ["2024-12-30 12:00"])
    noon = frame[frame["time"] == pd.Timestamp("2024-12-30 12:00")]
    refit = benchmark_of(noon, CurveSettings(), "here")
    fresh = hedges_of(noon[~noon["is_benchmark"]].reset_index(drop=True), refit)
    durations = noon.set_index("security")["dollar_duration"]
    for name in OLD:
        frozen, new = (h.securities.get_loc(name) for h in (hedges, fresh))
        at = np.flatnonzero(benchmark.times == np.datetime64("2024-12-30T12:00"))[0]
        by_frozen = (
            hedges.constant[frozen, 0] + hedges.weights[frozen, 0] @ benchmark.mids[at]
        )
        by_new = fresh.constant[new, 0] + fresh.weights[new, 0] @ refit.mids[0]
        assert abs(1e4 * (by_frozen - by_new) / durations[name]) < 0.005


def test_hedge_weights_are_those_of_the_neighbours():
    *_, hedges, _ = _market(flat_quotes(), ["OLD4"], ["2024-12-30 12:00"])
    frame = measured(typed_quotes(flat_quotes(), "here"))
    durations = frame[:11].set_index("security")["dollar_duration"]
    issues = sorted(name for name in ISSUES if name.endswith("Y"))
    weights = hedges.weights[hedges.securities.get_loc("OLD4"), 0]
    in_yield = pd.Series(weights * durations[issues] / durations["OLD4"], issues)
    assert in_yield.sum() == pytest.approx(1.0, abs=0.01)
    assert set(in_yield.abs().nlargest(2).index) == {"3Y", "5Y"}


def test_a_security_beyond_the_benchmark_has_no_fair_value():
    quotes = flat_quotes()
    quotes = quotes[quotes["security"] != "30Y"]
    *_, found = _market(quotes, ["OLD18", "OLD8"], ["2024-12-30 12:00"] * 2)
    assert np.isfinite(found.dirty).all()
    quotes = quotes[quotes["security"] != "20Y"]
    *_, found = _market(quotes, ["OLD18", "OLD8"], ["2024-12-30 12:00"] * 2)
    assert list(np.isfinite(found.dirty)) == [False, True]


def test_spreads_that_differ_by_rounding_are_no_illiquidity():
    frame = measured(typed_quotes(flat_quotes(), "here"))
    frame["spread_bp"] = np.where(np.arange(len(frame)) % 2, 0.3, 0.1 * 3)
    benchmark = benchmark_of(frame, CurveSettings(), "here")
    assert np.abs(benchmark.illiquidity).max() < 1e-9
    old = frame[~frame["is_benchmark"]].reset_index(drop=True)
    assert np.nanmax(np.abs(relative_illiquidity(old))) < 1e-9


def test_a_panel_without_a_benchmark_is_refused():
    frame = measured(typed_quotes(flat_quotes().assign(vintage=np.nan), "here"))
    with pytest.raises(DataError, match="no day has quotes of 3 benchmark issues"):
        benchmark_of(frame, CurveSettings(), "quotes.csv")


def test_a_trade_accrues_to_its_own_settlement():
    trades = pd.DataFrame(
        {
            "security": ["A", "B", "A", "C"],
            "time": pd.to_datetime(
                [f"2024-06-{when}" for when in ("06T10", "06T11", "06T15", "10T10")]
            ),
        }
    )
    quotes = pd.DataFrame(
        {
            "security": trades["security"],
            "time": pd.Timestamp("2024-06-03T10:00"),
            "maturity_date": pd.to_datetime(3 * ["2034-02-15"] + ["2024-06-11"]),
            "coupon_percent": 4.0,
            "dated_date": pd.to_datetime(3 * ["2024-02-15"] + [None]),
            "first_coupon_date": pd.Series(4 * [pd.NaT], dtype="datetime64[ns]"),
            "settlement_days": [1, 0, 1, 1],
        }
    )
    # 113 of 182 days to 7 June, the next business day; 112 to 6 June.
    np.testing.assert_allclose(
        accrued_at_settlement(trades, quotes),
        [2 * 113 / 182, 2 * 112 / 182, 2 * 113 / 182, np.nan],
    )


def test_the_error_variance_is_recovered():
    rng = np.random.default_rng(11)
    size = 20_000
    gap = rng.choice([3.0, 18.0, 66.0], size)
    maturity = rng.uniform(1, 30, size)
    noise = rng.uniform(0.5, 1.3, size)
    illiquidity = rng.normal(size=size)
    drift = 0.35**2 * (maturity / 5) ** -0.8 * gap / 24
    variance = 0.1**2 + (drift + 0.05**2 * noise) * np.exp(0.4 * illiquidity)
    errors = np.sqrt(variance) * rng.standard_t(5, size)
    found = error_variance(errors, gap, maturity, noise, illiquidity)
    assert found.drift_bp == pytest.approx(0.35, abs=0.02)
    assert found.maturity_slope == pytest.approx(-0.8, abs=0.06)
    assert found.response == pytest.approx(0.4, abs=0.05)
    assert found.degrees_of_freedom == pytest.approx(5, abs=0.6)
    scale = found.scale_bp(gap, maturity, noise, illiquidity)
    inside = np.abs(errors) <= found.quantile(0.975) * scale
    assert inside.mean() == pytest.approx(0.95, abs=0.01)
    np.testing.assert_allclose(scale, np.sqrt(variance), rtol=0.12)


def test_too_few_forecasts_are_refused():
    with pytest.raises(DataError, match="3 forecasts of a next indicative mid"):
        error_variance(*[np.ones(3)] * 5)


def test_effective_spreads_are_twice_the_deviation():
    found = effective_spread(
        [100.02, 99.99, 100.01], [100.0] * 3, [1, -1, 0], [400.0] * 3
    )
    np.testing.assert_allclose(found.signed_price, [0.04, 0.02, np.nan])
    np.testing.assert_allclose(found.absolute_price, [0.04, 0.02, 0.02])
    np.testing.assert_allclose(found.signed_bp, [1.0, 0.5, np.nan])
    np.testing.assert_allclose(found.absolute_bp, [1.0, 0.5, 0.5])


def _many_days(folder):
    """Twenty days at three times, yields in a random walk, sixty trades."""
    rng = np.random.default_rng(5)
    days = pd.bdate_range("2024-12-03", periods=20)
    times = [f"{day:%Y-%m-%d} {hour}:00" for day in days for hour in ("09", "12", "15")]
    levels = 0.043 + 1e-4 * np.cumsum(rng.normal(0, 1.0, len(times)))
    quotes = flat_quotes(times, levels)
    is_old = quotes["security"].isin(OLD)
    noise = np.where(is_old, rng.normal(0, 0.01, len(quotes)), 0.0)
    quotes[["bid_price", "ask_price"]] += noise[:, None]
    quotes.to_parquet(folder / "quotes.parquet")
    mids = quotes[is_old & (quotes["time"].dt.hour == 12)].reset_index(drop=True)
    side = np.where(rng.random(len(mids)) < 0.5, 1, -1)
    pd.DataFrame(
        {
            "time": mids["time"] + pd.Timedelta(minutes=20),
            "security": mids["security"],
            "price": (mids["bid_price"] + mids["ask_price"]) / 2 + 0.02 * side,
            "volume_musd": 5.0,
            "side": np.where(side > 0, "buy", "sell"),
        }
    ).to_csv(folder / "trades.csv", index=False)


def test_the_command_sets_trades_beside_fair_values(tmp_path):
    _many_days(tmp_path)
    out = tmp_path / "panel.parquet"
    given = ["build", "trading-costs", "--quotes", str(tmp_path / "quotes.parquet")]
    given += ["--trades", str(tmp_path / "trades.csv"), "--out", str(out)]
    result = CliRunner().invoke(app, given)
    assert result.exit_code == 0, result.output
    frame = read_trading_costs_panel(out).frame
    trades = frame[frame["observation"] == "trade"]
    # Twenty minutes after the quote the fair value is the quote's mid: 2 cents of cost.
    cost = np.where(trades["side"] == "buy", 0.02, -0.02)
    np.testing.assert_allclose(trades["deviation_price"], cost, atol=1e-9)
    quotes = frame[frame["observation"] == "quote"]
    assert len(quotes) == 4 * 59
    assert "its stated 95% interval covers" in result.output
    assert trades["error_sd_bp"].between(0.01, 1.0).all()
    kept = CliRunner().invoke(app, [*given, "--filter-half-spreads", "0.8"])
    assert kept.exit_code == 0, kept.output
    assert "half-spreads" in kept.output
    filtered = read_trading_costs_panel(out).frame
    assert 30 < (filtered["observation"] == "trade").sum() < len(trades)


def test_the_command_wants_quotes_and_trades_or_deviations(tmp_path):
    given = ["build", "trading-costs", "--out", str(tmp_path / "panel.csv")]
    result = CliRunner().invoke(app, [*given, "--quotes", "quotes.csv"])
    assert result.exit_code == 2
    assert "give --quotes and --trades" in result.output
