from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.errors import DataError
from data.half_life.build import build_half_life_panel
from data.half_life.checks import LIQUIDITY_COVARIATES, MICROSTRUCTURE_COVARIATES
from data.half_life.deviations import Deviations, read_deviations
from data.half_life.event_panel import half_life_panel_from_frame
from data.half_life.events import read_events
from data.half_life.liquidity_controls import read_liquidity_controls
from data.half_life.microstructure import read_microstructure
from data.half_life.rule import HalfLifeRule

RULE = HalfLifeRule()
DAYS = pd.bdate_range("2020-03-02", periods=30)


def halving_every(days: int) -> np.ndarray:
    return 8.0 * 2.0 ** (-np.arange(len(DAYS)) / days)


def deviations() -> Deviations:
    """Two imputations; the 5-year halves every 2 or 3 days, the 10-year every 4."""
    five = np.stack([halving_every(2), halving_every(3)])
    ten = np.stack([halving_every(4)] * 2)
    return Deviations({5: five, 10: ten}, DAYS, "states.csv")


def events(*dates: str, **columns: object) -> pd.DataFrame:
    frame = pd.DataFrame({"event_date": pd.to_datetime(list(dates))})
    return frame.assign(event_type=[f"type {i}" for i in range(len(dates))], **columns)


def test_every_event_meets_every_tenor_in_every_imputation() -> None:
    built = build_half_life_panel(
        deviations(), events("2020-03-03", "2020-03-05"), RULE, tenors=(5, 10)
    )
    lengths = built.frame.groupby(["tenor", "imputation"])["half_life_days"].unique()
    assert {key: list(value) for key, value in lengths.items()} == {
        (5, 0): [2],
        (5, 1): [3],
        (10, 0): [4],
        (10, 1): [4],
    }
    assert len(half_life_panel_from_frame(built.frame, "memory").frame) == 8


def test_tenors_of_the_events_themselves_come_first() -> None:
    built = build_half_life_panel(deviations(), events("2020-03-03", tenor=10), RULE)
    assert built.frame["tenor"].unique().tolist() == [10]


def test_events_of_one_date_and_tenor_share_one_outcome() -> None:
    sunday_and_monday = events("2020-03-08", "2020-03-09", "2020-03-10")
    built = build_half_life_panel(deviations(), sunday_and_monday, RULE, tenors=(5,))
    first = built.frame[built.frame["imputation"] == 0]
    assert first["outcome"].tolist() == ["2020-03-09 5y"] * 2 + ["2020-03-10 5y"]
    assert "outcomes: 2; 1 rows share date and tenor" in "\n".join(built.notes)
    assert "2020-03-08 from 2020-03-09" in "\n".join(built.notes)


def test_unknown_tenor_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(DataError, match=r"no deviation of tenor 3 \(years\)") as caught:
        build_half_life_panel(deviations(), events("2020-03-03"), RULE, tenors=(3, 5))
    assert "5, 10" in caught.value.remedy


def test_event_outside_the_sample_is_set_aside_counted_and_reported() -> None:
    dates = events("2020-02-03", "2020-03-03", "2021-03-03")
    built = build_half_life_panel(deviations(), dates, RULE, tenors=(5, 10))
    assert (built.frame["set_aside"] != "").sum() == 2 * 2 * 2
    assert "set aside, before the first deviation: 2" in built.notes
    assert "set aside, after the last deviation: 2" in built.notes


def test_only_events_outside_the_sample_are_refused_with_both_ranges() -> None:
    with pytest.raises(DataError, match=r"2020-03-02 to 2020-04-10.* 2021-03-03 to"):
        build_half_life_panel(deviations(), events("2021-03-03"), RULE, tenors=(5,))


def test_deviation_that_never_halves_is_reported() -> None:
    flat = Deviations({5: np.ones((1, 30))}, DAYS, "states.csv")
    built = build_half_life_panel(flat, events("2020-03-03"), RULE, tenors=(5,))
    assert built.frame["is_censored"].all()
    assert "half-lives are longer" in "\n".join(built.notes)


def test_threshold_is_named_with_what_it_sets_aside() -> None:
    rule = HalfLifeRule(threshold_bp=3.0)
    built = build_half_life_panel(
        deviations(), events("2020-03-02", "2020-03-20"), rule, tenors=(10,)
    )
    assert "set aside, deviation under the threshold: 1 (3 bp)" in built.notes


def test_controls_are_matched_by_quarter_and_tenor_and_never_filled() -> None:
    index = pd.MultiIndex.from_tuples(
        [(pd.Period("2020Q1"), 5), (pd.Period("2020Q2"), 5)],
        names=["quarter", "tenor"],
    )
    controls = pd.DataFrame(
        {name: [1.0, 2.0] for name in LIQUIDITY_COVARIATES}, index=index
    )
    built = build_half_life_panel(
        deviations(),
        events("2020-03-31", "2020-04-01"),
        RULE,
        tenors=(5, 10),
        liquidity=controls,
    )
    first = built.frame[built.frame["imputation"] == 0]
    by_row = first.set_index(["event_date", "tenor"])["bid_ask_spread"]
    assert by_row.xs(5, level="tenor").tolist() == [1.0, 2.0]
    assert by_row.xs(10, level="tenor").isna().all()
    assert "none for tenor 10" in "\n".join(built.notes)


def test_controls_are_those_of_the_events_own_quarter() -> None:
    index = pd.MultiIndex.from_tuples(
        [(pd.Period("2020Q1"), 5), (pd.Period("2020Q2"), 5)],
        names=["quarter", "tenor"],
    )
    controls = pd.DataFrame(
        {name: [1.0, 2.0] for name in LIQUIDITY_COVARIATES}, index=index
    )
    closed = DAYS.drop("2020-03-31")
    states = Deviations({5: np.ones((1, len(closed)))}, closed, "states.csv")

    built = build_half_life_panel(
        states, events("2020-03-31"), RULE, tenors=(5,), liquidity=controls
    ).frame

    assert built["deviation_date"].item() == pd.Timestamp("2020-04-01")
    assert built["bid_ask_spread"].item() == 1.0


def test_counts_of_several_imputations_are_their_means() -> None:
    # The 5-year halves within two days in one imputation and in three in the other.
    rule = HalfLifeRule(horizon_days=2)

    built = build_half_life_panel(
        deviations(), events("2020-03-03", "2020-03-05"), rule, tenors=(5,)
    )

    assert (
        "halved within 2 business days: 1, not halved while observed and so "
        "right-censored: 1 (means over imputations)" in built.notes
    )


def test_rows_that_are_set_aside_share_no_outcome() -> None:
    before = events("2020-02-03", "2020-02-03", "2020-03-03")

    built = build_half_life_panel(deviations(), before, RULE, tenors=(5,))

    assert "share date and tenor" not in "\n".join(built.notes)


def test_covariates_are_matched_by_event_type_too() -> None:
    keys = pd.MultiIndex.from_tuples(
        [(pd.Timestamp("2020-03-03"), "type 0", 5)],
        names=["event_date", "event_type", "tenor"],
    )
    covariates = pd.DataFrame(
        {name: [0.5] for name in MICROSTRUCTURE_COVARIATES}, index=keys
    )
    built = build_half_life_panel(
        deviations(),
        events("2020-03-03", "2020-03-03"),
        RULE,
        tenors=(5,),
        microstructure=covariates,
    )
    known = built.frame.set_index(["event_type", "imputation"])["ats_share"]
    assert known.loc["type 0"].tolist() == [0.5, 0.5]
    assert known.loc["type 1"].isna().all()
    assert "no row has: bid_ask_spread" in "\n".join(built.notes)
    assert "one value only, so no effect can be told: dealer_hhi" in "\n".join(
        built.notes
    )


def test_the_notebooks_38_rows_are_reproduced(shared: Path) -> None:
    folder = shared / "data" / "tips_basis"
    rows = folder / "trace_microstructure_event_panels.csv"
    built = build_half_life_panel(
        read_deviations(folder / "state_estimates.csv"),
        read_events(rows),
        RULE,
        microstructure=read_microstructure(rows),
        liquidity=read_liquidity_controls(folder / "tenor_liq.csv"),
    )
    published = _notebook_half_lives(folder)
    found = built.frame.set_index(["event_date", "event_type", "tenor"])
    days = found["half_life_days"].where(~found["is_censored"])
    pd.testing.assert_series_equal(
        days.reindex(published.index), published, check_names=False
    )
    assert len(found) == 38
    assert days.notna().sum() == 26
    assert found["is_censored"].sum() == 12
    assert found["outcome"].nunique() == 32
    assert (found["set_aside"] == "").all()


def _notebook_half_lives(folder: Path) -> pd.Series:
    """The rule as the notebook states it, day by day, written apart from ours."""
    states = pd.read_csv(
        folder / "state_estimates.csv", comment="#", parse_dates=["date"]
    ).pivot_table("epsilon_filtered", "date", "tenor")
    states[7] = 0.6 * states[5] + 0.4 * states[10]
    rows = pd.read_csv(
        folder / "trace_microstructure_event_panels.csv", parse_dates=["event_date"]
    )
    lengths = []
    for row in rows.itertuples():
        path = states.loc[row.event_date :, row.tenor].abs().tolist()
        halved = [day for day in range(1, 11) if path[day] <= path[0] / 2]
        lengths.append(float(halved[0]) if halved else np.nan)
    keys = rows[["event_date", "event_type", "tenor"]]
    return pd.Series(lengths, index=pd.MultiIndex.from_frame(keys))


def test_all_published_events_are_measured_in_five_tenors(shared: Path) -> None:
    folder = shared / "data" / "tips_basis"
    built = build_half_life_panel(
        read_deviations(folder / "state_estimates.csv"),
        read_events(folder / "events.csv"),
        RULE,
        liquidity=read_liquidity_controls(folder / "tenor_liq.csv"),
    )
    frame = built.frame
    assert len(frame) == 1021 * 5
    assert frame["is_censored"].sum() == 1126
    assert frame.loc[frame["event_date"] >= "2015", "bid_ask_spread"].isna().all()
    early = frame[(frame["event_date"] < "2015") & (frame["tenor"] != 7)]
    assert early[list(LIQUIDITY_COVARIATES)].notna().all(axis=None)


def test_a_placebo_is_measured_on_days_without_events() -> None:
    happened = events("2020-03-03", "2020-03-05")
    built = build_half_life_panel(
        deviations(), happened, RULE, tenors=(5,), placebo_seed=1
    )
    assert len(built.frame) == 4
    assert not set(built.frame["event_date"]) & set(happened["event_date"])
    assert set(built.frame["event_type"]) == {"placebo type 0", "placebo type 1"}
    # Deviations that halve every two and three days do so after any day.
    lengths = built.frame.groupby("imputation")["half_life_days"].unique()
    assert [list(found) for found in lengths] == [[2.0], [3.0]]


def test_a_placebo_needs_days_without_events() -> None:
    happened = events(*DAYS[:20].strftime("%Y-%m-%d"))
    with pytest.raises(DataError, match="20 days have events and 10 have none"):
        build_half_life_panel(deviations(), happened, RULE, tenors=(5,), placebo_seed=1)


def test_the_seven_year_tenor_is_flagged() -> None:
    five = deviations().deviation_bp[5]
    with_seven = Deviations({5: five, 7: five}, DAYS, "states.csv")
    built = build_half_life_panel(with_seven, events("2020-03-03"), RULE, tenors=(5, 7))
    assert "rows of 7 years: 1" in "\n".join(built.notes)
