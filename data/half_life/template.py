"""Rows to begin with: a basis, its events, their half-lives, and new events."""

import numpy as np
import pandas as pd

from data.dims import DATE_COLUMN
from data.files.panel_file import NEEDED, Columns
from data.half_life.basis_events_panel import EVENT_TYPES
from data.half_life.basis_panel import basis_column
from data.half_life.checks import COVARIATES, SHARES
from data.half_life.event_panel import COVARIATE_LAYOUT, HALF_LIFE_FILE
from data.half_life.events import read_events
from data.half_life.new_events import read_new_events
from data.panel import Template

TENORS = (2, 5, 10)
NUM_DAYS = 80
KINDS = ("auction", "policy")

EVENT_COLUMNS = ("event_date", "event_type", "tenor")

NEW_EVENT_LAYOUT = (
    Columns(
        ("event_type",), "as in the events that were fitted; others are drawn", NEEDED
    ),
    Columns(("tenor",), "whole years", NEEDED),
    Columns(
        ("deviation_bp",),
        "deviation on the day of the event, basis points",
        "where its size was fitted",
    ),
    *COVARIATE_LAYOUT,
)


def _covariates(size: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    return {
        name: rng.uniform(0.1, 0.6, size)
        if name in SHARES
        else np.round(rng.uniform(100, 900, size))
        for name in COVARIATES
    }


def basis_example() -> pd.DataFrame:
    """Made-up bases of three tenors."""
    rng = np.random.default_rng(1)
    days = pd.bdate_range("2020-01-02", periods=NUM_DAYS)
    walks = {
        basis_column(tenor): 25.0 + rng.normal(0.0, 1.5, NUM_DAYS).cumsum()
        for tenor in TENORS
    }
    return pd.DataFrame({DATE_COLUMN: days, **walks})


def _events() -> pd.DataFrame:
    days = pd.bdate_range("2020-01-10", periods=12, freq="5B")
    rows = [
        (day, KINDS[k % len(KINDS)], tenor)
        for k, day in enumerate(days)
        for tenor in TENORS
    ]
    return pd.DataFrame(rows, columns=list(EVENT_COLUMNS))


def half_life_example() -> pd.DataFrame:
    """Made-up half-lives of the events, with every covariate."""
    events = _events()
    rng = np.random.default_rng(1)
    size = len(events)
    days = rng.integers(1, 11, size)
    return events.assign(
        deviation_bp=rng.normal(0.0, 5.0, size).round(2),
        half_life_days=days,
        is_censored=days == days.max(),
        **_covariates(size, rng),
    )


def basis_events_example() -> pd.DataFrame:
    """The basis and its events, a row a day and tenor."""
    basis = basis_example().melt(DATE_COLUMN, var_name="tenor", value_name="basis_bp")
    basis["tenor"] = basis["tenor"].str.extract(r"(\d+)").astype(int)
    events = _events().rename(
        columns={"event_date": DATE_COLUMN, "event_type": EVENT_TYPES}
    )
    rng = np.random.default_rng(1)
    told = events.assign(**_covariates(len(events), rng))
    merged = basis.merge(told, how="left", on=[DATE_COLUMN, "tenor"])
    return merged.sort_values([DATE_COLUMN, "tenor"])


def _new_events() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "event_type": list(KINDS),
            "tenor": [5, 10],
            "deviation_bp": [6.0, -4.0],
            **_covariates(len(KINDS), rng),
        }
    )


EVENT_TEMPLATES = (
    Template(
        name="events", layout=HALF_LIFE_FILE.layout, rows=_events, read=read_events
    ),
    Template(
        name="new-events",
        layout=NEW_EVENT_LAYOUT,
        rows=_new_events,
        read=read_new_events,
    ),
)
"""Of tables that no panel is."""
