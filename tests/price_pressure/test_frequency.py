"""Panels of other frequencies and tenors than the paper's."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from data.errors import DataError
from data.price_pressure.build_yields import build_yield_panel
from data.price_pressure.columns import dv01_column, yield_column
from data.price_pressure.frequency import (
    DAILY,
    MONTHLY,
    WEEKLY,
    Frequency,
    frequency_of_dates,
)
from data.price_pressure.panel import PricePressurePanel, panel_from_frame
from models.price_pressure.model import price_pressure_model
from models.price_pressure.persistent_errors_simulation import (
    PersistentErrorsTruth,
    simulate_yields,
)
from models.price_pressure.variants import PERSISTENT_ERRORS_VARIANTS
from tests.price_pressure.raw_folder import copy_raw, write_yields

TENORS = (2, 5, 7, 10, 30)
CASH = "cash-inventory-persistent-errors"
PRESSURE = (0.3, 0.2, 0.1, 0.1, 0.2)
DATES = {
    WEEKLY: pd.date_range("2010-01-06", periods=60, freq="W-WED"),
    DAILY: pd.bdate_range("2010-01-04", periods=60),
    MONTHLY: pd.date_range("2010-01-29", periods=60, freq="BME"),
}
ROUNDING = 1e-12


def simulated(frequency: Frequency, dates: pd.DatetimeIndex) -> PricePressurePanel:
    """Inventories that wander, and yields simulated with their pressure."""
    rng = np.random.default_rng(20100104)
    inventory = rng.normal(0, 4, (len(dates), len(TENORS))).cumsum(axis=0)
    columns = [dv01_column("cash", tenor) for tenor in TENORS]
    positions = pd.DataFrame(inventory, dates, columns)
    step = np.sqrt(frequency.steps_per_week)
    truth = PersistentErrorsTruth(
        price_pressure=(PRESSURE,),
        factor_innovation_sd_bp=tuple(np.array([15.5, 19.4, 37.9]) / step),
        error_half_life_weeks=(12.0, 26.0, 20.0, 30.0, 10.0),
        error_innovation_sd_bp=tuple(np.array([0.7, 1.3, 1.0, 1.4, 1.7]) / step),
        yield_noise_sd_bp=(0.5, 0.25, 0.3, 0.25, 0.4),
        intercept_bp=(0.0,) * len(TENORS),
    )
    variant = PERSISTENT_ERRORS_VARIANTS[CASH]
    yields = simulate_yields(positions, variant, truth, rng, TENORS, frequency)
    frame = pd.concat([yields, positions], axis=1).rename_axis("date").reset_index()
    return panel_from_frame(frame, "simulated")


@pytest.mark.parametrize("frequency", DATES, ids=lambda one: one.dim)
def test_dates_are_named_by_their_step(frequency: Frequency) -> None:
    dates = DATES[frequency]
    assert frequency_of_dates(pd.Series(dates)) is frequency
    panel = simulated(frequency, dates)
    assert panel.frequency is frequency
    assert panel.dataset["yield_bp"].dims == (frequency.dim, "tenor")
    assert panel.dataset["tenor"].to_numpy().tolist() == list(TENORS)


@pytest.mark.parametrize("frequency", DATES, ids=lambda one: one.dim)
def test_half_lives_are_in_weeks_whatever_the_step(frequency: Frequency) -> None:
    model = price_pressure_model(simulated(frequency, DATES[frequency]), CASH)
    names = ("factor_half_life_weeks", "error_half_life_weeks")
    weeks, errors_weeks = (model[name] for name in names)
    persistence, errors = model["factor_persistence"], model["error_persistence"]
    at = {weeks: 10.0, errors_weeks: np.array([1.0, 2.0, 3.0, 4.0, 5.0])}
    steps = frequency.steps_per_week
    assert_allclose(persistence.eval({weeks: 10.0}) ** (10 * steps), 0.5, ROUNDING)
    found = errors.eval({errors_weeks: at[errors_weeks]})
    assert_allclose(found ** (at[errors_weeks] * steps), 0.5, ROUNDING)


@pytest.mark.parametrize("frequency", DATES, ids=lambda one: one.dim)
def test_prior_of_an_innovation_is_that_of_a_week(frequency: Frequency) -> None:
    """The variance of a random walk grows with time, not with the number of rows."""
    model = price_pressure_model(simulated(frequency, DATES[frequency]), CASH)
    log_median = model["factor_innovation_sd_bp"].owner.inputs[-2].eval()
    over_a_week = np.exp(2 * log_median) * frequency.steps_per_week
    assert_allclose(over_a_week, 10.0**2, ROUNDING)


def test_order_flow_of_other_tenors_needs_a_variant_whose_errors_persist() -> None:
    frame = _with_order_flow(simulated(WEEKLY, DATES[WEEKLY]))
    panel = panel_from_frame(frame, "panel.csv")
    model = price_pressure_model(panel, "cash-order-flow-persistent-errors")
    terms = model.coords["order_flow_term"]
    assert len(terms) == 3 * len(TENORS)
    assert "slope:cash:30" in terms
    with pytest.raises(DataError, match="20-year bucket, and the panel has no such"):
        price_pressure_model(panel, "net-order-flow")


def _with_order_flow(panel: PricePressurePanel) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    frame = pd.DataFrame({"date": panel.dataset["week"].to_numpy()})
    for market in ("cash", "futures", "net"):
        for tenor in TENORS:
            flow = f"order_flow_surprise_{market}_{tenor}y_busd"
            frame[flow] = rng.normal(0, 1, len(frame))
    for tenor in TENORS:
        chosen = panel.dataset.sel(tenor=tenor)
        frame[yield_column(tenor)] = chosen["yield_bp"].to_numpy()
        for market in ("cash", "futures"):
            held = chosen["dv01_musd"].sel(market="cash").to_numpy()
            frame[dv01_column(market, tenor)] = held
    return frame


def test_inventory_of_a_tenor_without_yields_is_a_slip() -> None:
    frame = _with_order_flow(simulated(WEEKLY, DATES[WEEKLY]))
    with pytest.raises(DataError, match=r"unknown column .*dv01_cash_7y_musd"):
        panel_from_frame(frame.drop(columns=yield_column(7)), "panel.csv")


def test_three_yields_are_too_few() -> None:
    frame = _with_order_flow(simulated(WEEKLY, DATES[WEEKLY]))
    short = frame[["date", *(yield_column(tenor) for tenor in (2, 5, 7))]]
    with pytest.raises(DataError, match="missing column yield_10y_bp"):
        panel_from_frame(short, "panel.csv")


RAW_DAYS = pd.bdate_range("2012-06-25", "2012-12-28")


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Zero-coupon yields alone; none on the fourth of July."""
    write_yields(tmp_path / "gsw" / "sveny.csv", RAW_DAYS, "SVENY{:02d}", range(1, 31))
    return tmp_path


def test_daily_yields_are_those_of_the_days_they_were_published(raw: Path) -> None:
    built = build_yield_panel(raw, (30, 2, 7, 10), DAILY)
    assert list(built.frame.columns)[1:] == [yield_column(x) for x in (2, 7, 10, 30)]
    days = pd.DatetimeIndex(built.frame["date"])
    assert days.equals(RAW_DAYS.drop("2012-07-04").as_unit(days.unit).rename("date"))
    written = pd.read_csv(raw / "gsw" / "sveny.csv", index_col="Date")
    assert_allclose(
        built.frame["yield_7y_bp"].iloc[-1], 100 * written["SVENY07"].iloc[-1]
    )
    assert panel_from_frame(built.frame, "built").frequency is DAILY


def test_months_are_shown_by_their_last_yield(raw: Path) -> None:
    dates = build_yield_panel(raw, (2, 5, 10, 20), MONTHLY).frame["date"]
    assert list(dates.dt.strftime("%m-%d").iloc[:3]) == ["06-29", "07-31", "08-31"]


def test_weeks_follow_the_holiday_rule(raw: Path) -> None:
    frame = build_yield_panel(raw, (2, 5, 10, 30), WEEKLY).frame.set_index("date")
    written = pd.read_csv(raw / "gsw" / "sveny.csv", index_col="Date")
    assert_allclose(
        frame.loc["2012-07-04", "yield_30y_bp"], 100 * written["SVENY30"]["2012-07-03"]
    )


def test_tenors_that_are_not_published_are_refused(raw: Path) -> None:
    with pytest.raises(DataError, match="no zero-coupon yield of 40 years"):
        build_yield_panel(raw, (2, 5, 10, 40), DAILY)


def test_daily_yields_of_the_market_are_accepted(shared: Path, tmp_path: Path) -> None:
    copy_raw(shared, tmp_path, "gsw")
    built = build_yield_panel(tmp_path, (2, 5, 10, 20, 30), DAILY)
    panel = panel_from_frame(built.frame, "real")
    assert panel.frequency is DAILY
    assert panel.dataset.sizes["day"] > 9_000
