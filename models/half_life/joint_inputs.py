"""From a basis with events to the arrays that the joint model of both needs."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from data.arrays import FloatArray, IntArray
from data.dims import DATE_COLUMN, DAY, TENOR
from data.errors import DataError
from data.files.schema import refuse_constants
from data.half_life.basis_events_panel import EVENT_TYPES, BasisEventsPanel
from data.half_life.checks import COVARIATES
from models.half_life.basis_decomposition import trading_days
from models.half_life.covariates import covariate_report, standardize, transform
from models.half_life.inputs import chosen_covariates, event_mixes
from models.half_life.notes import covariate_notes

NO_EVENT = -1
"""Number of the latest event before the first."""

TELLING_SHARE = 0.3
"""Of an event that its half-life can be told, where all that moves on its day is the
event's doing; see `models.half_life.effects.pooling_exponent`."""


@dataclass(frozen=True)
class JointInputs:
    """Complete inputs of the joint model of basis and events.

    Parameters
    ----------
    basis : xr.Dataset
        ``basis_bp`` (day, tenor), trading days.
    outcomes : (outcome,) DataFrame
        Events of a day and tenor, index ``outcome``; ``tenor`` years, ``event_date``
        (the day that they shake), ``event_types`` joined by "+", and the covariates in
        the panel's units.
    standardized : (outcome, covariate) array
        Covariates as they enter; 0, their mean, where one of the outcome is missing.
    covariates : DataFrame
        As of `models.half_life.inputs.HalfLifeInputs`.
    latest_event : (day, tenor) int
        Outcome whose half-life rules the decay *to* this day: the latest before it;
        `NO_EVENT` where there is none.
    is_event_day : (day, tenor) float
        1 where an event shakes the basis, else 0.
    mix_weight, mix, date, event_tenors, dates
        As of `models.half_life.inputs.HalfLifeInputs`.
    notes : list of str
        What was left out or cannot be told apart, one line each.
    """

    basis: xr.Dataset
    outcomes: pd.DataFrame
    standardized: FloatArray
    covariates: pd.DataFrame
    latest_event: IntArray
    is_event_day: FloatArray
    mix_weight: FloatArray
    mix: IntArray
    date: IntArray
    event_tenors: list[str]
    dates: pd.DatetimeIndex
    notes: list[str]

    @cached_property
    def event_share(self) -> float:
        """What events add to squared changes of their days, as a share of these.

        Of medians, averaged over the tenors, from 0 to 1. It chooses coordinates for
        the sampler and nothing else.
        """
        squared = self.basis["basis_bp"].transpose(DAY, TENOR).diff(DAY).to_numpy() ** 2
        is_event = self.is_event_day[1:] > 0
        is_known = np.isfinite(squared)
        shares = []
        for x, event, known in zip(squared.T, is_event.T, is_known.T, strict=True):
            on, off = x[known & event], x[known & ~event]
            if len(on) and len(off) and np.median(on) > 0:
                shares.append(max(0.0, 1.0 - np.median(off) / np.median(on)))
        return float(np.mean(shares)) if shares else 0.0

    @property
    def resolved_outcomes(self) -> float:
        """Outcomes that tell their half-life, roughly."""
        return TELLING_SHARE * self.event_share * len(self.outcomes)

    @property
    def has_shared_dates(self) -> bool:
        """Whether any two outcomes start on one day."""
        return len(self.dates) < len(self.outcomes)


def refuse_constant_covariates(
    panel: BasisEventsPanel, asked: tuple[str, ...] | None
) -> None:
    """Raise `DataError` where a covariate that was asked for never varies.

    One that nobody asked for is kept with a note, and so in a trace.
    """
    refuse_constants(panel.events, asked or (), panel.source)


def joint_inputs(
    panel: BasisEventsPanel, asked: tuple[str, ...] | None = None
) -> JointInputs:
    """Pick trading days, events and covariates, and say what is left out.

    An event without a covariate shakes the basis as any other; its half-life is
    expected to be that of average covariates and says nothing of their effects.

    Parameters
    ----------
    panel : BasisEventsPanel
        Basis and events.
    asked : tuple of str, optional
        Covariates; those known for at least half of the events where left out.

    Raises
    ------
    DataError
        An event falls on a day without any basis, no event has all covariates, or one
        cannot be transformed.
    """
    basis = trading_days(panel.basis.dataset)
    days = pd.DatetimeIndex(basis[DAY].to_numpy())
    tenors = [int(tenor) for tenor in basis[TENOR].to_numpy()]
    events = panel.events.rename(columns={DATE_COLUMN: "event_date"})
    position = days.get_indexer(pd.Index(events["event_date"]))
    if (position < 0).any():
        row = events.iloc[int(np.flatnonzero(position < 0)[0])]
        raise DataError(
            f"{panel.source}: an event of {row['event_date']:%Y-%m-%d} falls on a day "
            "without any basis",
            "put it on the first trading day after it, as python -m data build "
            "basis-events does.",
        )
    events.index = pd.Index(
        [
            f"{date:%Y-%m-%d} {tenor}y"
            for date, tenor in zip(events["event_date"], events["tenor"], strict=True)
        ],
        name="outcome",
    )
    names = chosen_covariates(events, asked)
    known = events[list(names)].notna().all(axis=1).to_numpy()
    if not known.any():
        raise DataError(
            f"{panel.source}: no event has all of {', '.join(names)}",
            "name fewer covariates, or of the same dates and tenors.",
        )
    event_tenors, mix_weight, mix = event_mixes(events)
    of_known, center, scale = standardize(
        transform(events.loc[known, list(names)], panel.source)
    )
    standardized = np.zeros((len(events), len(names)))
    standardized[known] = of_known
    covariates = covariate_report(
        names, events.loc[known, list(names)], of_known, mix_weight[mix[known]]
    ).assign(center=center, scale=scale)
    dates = pd.DatetimeIndex(np.unique(events["event_date"].to_numpy()))
    column = np.searchsorted(tenors, events["tenor"])
    number = np.full((len(days), len(tenors)), NO_EVENT, dtype=np.int64)
    number[position, column] = np.arange(len(events))
    return JointInputs(
        basis=basis,
        outcomes=events[["tenor", "event_date", EVENT_TYPES, *names]],
        standardized=standardized,
        covariates=covariates,
        latest_event=_latest_before(number),
        is_event_day=(number != NO_EVENT).astype(np.float64),
        mix_weight=mix_weight,
        mix=mix,
        date=dates.get_indexer(pd.Index(events["event_date"])).astype(np.int64),
        event_tenors=event_tenors,
        dates=dates,
        notes=[
            *_notes(events, names, known),
            *covariate_notes(covariates),
        ],
    )


def _latest_before(number: IntArray) -> IntArray:
    """Latest event before each day, (day, tenor)."""
    latest = np.maximum.accumulate(number, axis=0)
    before: IntArray = np.roll(latest, 1, axis=0)
    before[0] = NO_EVENT
    return before


def _notes(
    events: pd.DataFrame, names: tuple[str, ...], known: NDArray[np.bool_]
) -> list[str]:
    dates = events["event_date"]
    notes = [
        f"{len(events)} events by tenor on {dates.nunique()} days, "
        f"{dates.min():%Y-%m-%d} to {dates.max():%Y-%m-%d}"
    ]
    if not names:
        notes.append("no covariate is known for half of the events: none enters")
    elif not known.all():
        notes.append(
            f"{int((~known).sum())} of them lack a covariate: they shake the basis and "
            "say nothing of effects"
        )
    some = [x for x in COVARIATES if x not in names and events[x].notna().any()]
    if some:
        notes.append(f"known for some events and left out: {', '.join(some)}")
    return notes
