"""Build the basis with its events from a basis panel and lists of events."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from data.dims import DATE_COLUMN, DAY, TENOR
from data.errors import DataError
from data.half_life.basis_events_panel import (
    EVENT_TYPES,
    basis_events_frame,
)
from data.half_life.basis_panel import BasisPanel
from data.half_life.build import with_liquidity, with_microstructure
from data.half_life.checks import COVARIATES
from data.half_life.placebo import PLACEBO, other_days
from data.half_life.rule import LONGEST_STEP_DAYS
from data.panel import BuiltPanel


def build_basis_events_panel(
    basis: BasisPanel,
    events: pd.DataFrame,
    *,
    microstructure: pd.DataFrame | None = None,
    liquidity: pd.DataFrame | None = None,
    placebo_seed: int | None = None,
) -> BuiltPanel:
    """Put every event on the first trading day from its date on.

    Parameters
    ----------
    basis : BasisPanel
        Daily basis.
    events : DataFrame
        Of `data.half_life.events.read_events`. An event without a tenor is one of every
        tenor of the basis; one of another tenor is left out, and the notes say so.
    microstructure, liquidity : DataFrame, optional
        As of `data.half_life.build.build_half_life_panel`.
    placebo_seed : int, optional
        Move all events of a date to a day without events, drawn with this seed: what is
        then found after "events" is what any day shows.

    Returns
    -------
    BuiltPanel
        In the layout of `data.half_life.basis_events_panel`.

    Raises
    ------
    DataError
        Every event lies outside the dates of the basis, or, of a placebo, there are
        fewer days without events than with.
    """
    dataset = basis.dataset
    wide = pd.DataFrame(
        dataset["basis_bp"].transpose(DAY, TENOR).to_numpy(),
        index=pd.DatetimeIndex(dataset[DAY].to_numpy()),
        columns=dataset[TENOR].to_numpy(),
    )
    days = wide.index[wide.notna().any(axis=1).to_numpy()]
    known = [int(tenor) for tenor in wide.columns]
    pairs = events
    if "tenor" not in events.columns:
        pairs = events.merge(pd.DataFrame({"tenor": known}), how="cross")
    other = ~pairs["tenor"].isin(known)
    placed, outside = _on_trading_days(pairs[~other], pd.DatetimeIndex(days))
    if placed.empty:
        raise DataError(
            f"no event of tenors {', '.join(map(str, known))} falls on a day of "
            f"{basis.source}, {days[0]:%Y-%m-%d} to {days[-1]:%Y-%m-%d}",
            "give events of the tenors and dates of the basis.",
        )
    placed = with_liquidity(with_microstructure(placed, microstructure), liquidity)
    joined = _one_row_a_cell(placed)
    if placebo_seed is not None:
        joined = _on_other_days(joined, pd.DatetimeIndex(days), placebo_seed)
    counts = {
        "events outside the dates of the basis, left out": outside,
        "events of tenors without a basis of their own, left out": int(other.sum()),
    }
    frame = basis_events_frame(wide, joined)
    return BuiltPanel(frame, _notes(joined, counts, placebo_seed))


def _on_trading_days(
    pairs: pd.DataFrame, days: pd.DatetimeIndex
) -> tuple[pd.DataFrame, int]:
    """Events with the day of the basis that they shake, and how many have none."""
    dates = pd.DatetimeIndex(pairs["event_date"])
    position = np.minimum(days.searchsorted(dates), len(days) - 1)
    waited = (days[position] - dates).days.to_numpy()
    inside = (dates >= days[0]) & (waited >= 0) & (waited <= LONGEST_STEP_DAYS)
    placed = pairs.assign(**{DATE_COLUMN: days[position]})[inside]
    return placed.reset_index(drop=True), int((~inside).sum())


def _one_row_a_cell(placed: pd.DataFrame) -> pd.DataFrame:
    """Types joined, covariates averaged; a cell lacks what any of its events lacks."""
    grouped = placed.groupby([DATE_COLUMN, "tenor"])
    means = grouped[list(COVARIATES)].mean()
    complete = grouped[list(COVARIATES)].count().eq(grouped.size(), axis=0)
    types = grouped["event_type"].agg(lambda kinds: "+".join(sorted(set(kinds))))
    return (
        types.rename(EVENT_TYPES).to_frame().join(means.where(complete)).reset_index()
    )


def _on_other_days(
    joined: pd.DataFrame, days: pd.DatetimeIndex, seed: int
) -> pd.DataFrame:
    moved = other_days(pd.DatetimeIndex(joined[DATE_COLUMN]), days, seed)
    on_free = moved.loc[joined[DATE_COLUMN]].to_numpy()
    types = PLACEBO + joined[EVENT_TYPES].str.replace("+", f"+{PLACEBO}", regex=False)
    placebo = joined.copy()
    placebo[DATE_COLUMN], placebo[EVENT_TYPES] = on_free, types
    return placebo


def _notes(
    joined: pd.DataFrame, counts: Mapping[str, int], placebo_seed: int | None
) -> list[str]:
    dates = joined[DATE_COLUMN]
    notes = [
        f"days with events by tenor: {len(joined)}, on {dates.nunique()} days, "
        f"{dates.min():%Y-%m-%d} to {dates.max():%Y-%m-%d}"
    ]
    notes += [f"{words}: {count}" for words, count in counts.items() if count]
    if placebo_seed is not None:
        notes.append("placebo: every event was moved to a day without events")
    known = [name for name in COVARIATES if joined[name].notna().any()]
    notes.append(f"covariates: {', '.join(known) or 'none'}")
    return notes
