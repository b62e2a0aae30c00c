"""The panel of basis and events: built from its parts, checked, and kept in a trace."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from data.errors import DataError
from data.half_life.basis_events_panel import (
    basis_events_from_frame,
    panel_dataset,
    panel_from_dataset,
    read_basis_events_panel,
    write_basis_events_panel,
)
from data.half_life.basis_panel import basis_panel_from_frame
from data.half_life.build_basis_events import build_basis_events_panel
from data.half_life.placebo import PLACEBO
from models.half_life.basis_simulation import simulate_basis

NUM_DAYS = 80


@cache
def basis():
    return basis_panel_from_frame(simulate_basis(1, NUM_DAYS), "twin")


def events(**columns):
    # 2010-01-18 is a holiday, 2010-01-30 a Saturday.
    dates = ["2010-01-12", "2010-01-18", "2010-01-30", "2010-02-01", "2030-01-01"]
    frame = pd.DataFrame(
        {
            "event_date": pd.to_datetime(dates),
            "event_type": ["cpi", "fomc", "auction", "cpi", "cpi"],
        }
    )
    return frame.assign(**columns)


def built(events_frame, **options):
    result = build_basis_events_panel(basis(), events_frame, **options)
    return basis_events_from_frame(result.frame, "panel"), result.notes


def test_an_event_counts_from_the_first_trading_day():
    panel, notes = built(events())
    of_two = panel.events[panel.events["tenor"] == 2]
    assert list(of_two["date"].dt.strftime("%m-%d")) == ["01-12", "01-19", "02-01"]
    assert list(of_two["event_types"]) == ["cpi", "fomc", "auction+cpi"]
    assert "events outside the dates of the basis, left out: 4" in notes


def test_the_seven_year_tenor_has_no_basis_of_its_own():
    panel, notes = built(events(tenor=[7, 5, 5, 5, 5]))
    assert list(panel.events["tenor"].unique()) == [5]
    assert "events of tenors without a basis of their own, left out: 1" in notes


def test_a_placebo_lies_on_days_without_events():
    real, _ = built(events())
    placebo, notes = built(events(), placebo_seed=3)
    assert len(placebo.events) == len(real.events)
    assert not set(placebo.events["date"]) & set(real.events["date"])
    assert f"{PLACEBO}auction+{PLACEBO}cpi" in set(placebo.events["event_types"])
    again, _ = built(events(), placebo_seed=3)
    assert_frame_equal(placebo.events, again.events)
    assert any(note.startswith("placebo") for note in notes)


def test_events_of_other_years_are_refused():
    with pytest.raises(DataError, match="no event of tenors 2, 5, 10, 20"):
        built(events().iloc[[4]])


def test_a_written_panel_is_read_as_it_was(tmp_path):
    result = build_basis_events_panel(basis(), events())
    for name in ("panel.csv", "panel.parquet"):
        write_basis_events_panel(result.frame, tmp_path / name)
        panel = read_basis_events_panel(tmp_path / name)
        assert_frame_equal(panel.events, built(events())[0].events)
        assert panel.basis.dataset.equals(basis().dataset)


def test_a_trace_keeps_the_panel():
    panel, _ = built(events())
    more = panel_dataset(panel).assign(other=("outcome", [1.0, 2.0]))
    kept = panel_from_dataset(more, "panel", "0")
    assert_frame_equal(kept.events, panel.events, check_dtype=False)
    assert kept.basis.dataset.equals(panel.basis.dataset)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x: x.drop(columns="basis_bp"), "basis_bp"),
        (lambda x: x.assign(event_types=""), "no day has an event"),
        (lambda x: pd.concat([x, x.iloc[:1]]), "row"),
        (lambda x: x.assign(ats_share=np.where(x.index == 4, 2.0, 0.5)), "0 to 1"),
    ],
)
def test_bad_panels_are_refused(change, message):
    frame = build_basis_events_panel(basis(), events()).frame
    with pytest.raises(DataError, match=message):
        basis_events_from_frame(change(frame), "panel")
