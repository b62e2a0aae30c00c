"""Build the event panel: half-lives, shared outcomes and covariates of events."""

import numpy as np
import pandas as pd

from data.errors import DataError
from data.files.cells import shown_key
from data.half_life.checks import (
    LIQUIDITY_COVARIATES,
    MICROSTRUCTURE_COVARIATES,
)
from data.half_life.deviations import Deviations
from data.half_life.event_panel import CLEANING, FAILED_CHECKS, outcome_labels
from data.half_life.microstructure import MATCHED_ON
from data.half_life.notes import describe_event_panel
from data.half_life.placebo import PLACEBO, other_days
from data.half_life.rule import HalfLifeRule, half_lives
from data.panel import BuiltPanel

EVENT_TENORS = (2, 5, 7, 10, 20)
"""Tenors (years) that every event is paired with where the event names none."""


def build_half_life_panel(
    deviations: Deviations,
    events: pd.DataFrame,
    rule: HalfLifeRule,
    *,
    tenors: tuple[int, ...] = EVENT_TENORS,
    microstructure: pd.DataFrame | None = None,
    liquidity: pd.DataFrame | None = None,
    placebo_seed: int | None = None,
) -> BuiltPanel:
    """Measure the half-life after every event in every tenor and imputation.

    Parameters
    ----------
    deviations : Deviations
        Daily deviations.
    events : DataFrame
        Of `data.half_life.events.read_events`.
    rule : HalfLifeRule
        Threshold and horizon.
    tenors : tuple of int
        Tenors (years) of events that name none.
    microstructure, liquidity : DataFrame, optional
        Of `data.half_life.microstructure.read_microstructure` and
        `data.half_life.liquidity_controls.read_liquidity_controls`.
    placebo_seed : int, optional
        Move all events of a date to a day without events, drawn with this seed: what is
        then measured after "events" is what any day shows.

    Returns
    -------
    BuiltPanel
        In the layout of `data.half_life.event_panel`.

    Raises
    ------
    DataError
        A tenor has no deviation, or every event lies outside the deviations' dates.
    """
    pairs = _event_tenor_pairs(events, tenors)
    _check_tenors(pairs, deviations)
    pairs = with_liquidity(with_microstructure(pairs, microstructure), liquidity)
    if placebo_seed is not None:
        pairs = _on_other_days(pairs, deviations.days, placebo_seed)
    frame = pd.concat(
        [
            _measured(pairs[pairs["tenor"] == tenor], values, deviations.days, rule)
            for tenor, values in deviations.deviation_bp.items()
        ]
    )
    frame["outcome"] = outcome_labels(frame)
    if deviations.failed_checks:
        frame[FAILED_CHECKS] = deviations.failed_checks
    frame = frame.sort_values(
        ["imputation", "event_date", "event_type", "tenor"], ignore_index=True
    )
    if frame["deviation_date"].isna().all():
        first, last = deviations.days[[0, -1]]
        raise DataError(
            f"no event has a deviation: {deviations.source} covers {first:%Y-%m-%d} to "
            f"{last:%Y-%m-%d}, the events {events['event_date'].min():%Y-%m-%d} to "
            f"{events['event_date'].max():%Y-%m-%d}",
            "give events of the dates that the deviations cover.",
        )
    matches = _match_notes(frame, microstructure, liquidity)
    return BuiltPanel(frame, [*matches, *describe_event_panel(frame, rule)])


def with_other_covariates(
    panel: pd.DataFrame, microstructure: pd.DataFrame
) -> pd.DataFrame:
    """Give the events of a panel the trading covariates of another file.

    Parameters
    ----------
    panel : DataFrame
        Of `data.half_life.event_panel.HalfLifePanel`.
    microstructure : DataFrame
        Of `data.half_life.microstructure.read_microstructure`.

    Returns
    -------
    DataFrame
        The same half-lives; covariates are missing of events that the file lacks.

    Raises
    ------
    DataError
        The file has none of the events.
    """
    keys = pd.MultiIndex.from_frame(panel[list(MATCHED_ON)])
    if not keys.isin(microstructure.index).any():
        raise DataError(
            "the trading covariates are of none of the panel's events",
            "measure them for the same events: python -m data build microstructure.",
        )
    old = [*MICROSTRUCTURE_COVARIATES, CLEANING]
    return with_microstructure(panel.drop(columns=old, errors="ignore"), microstructure)


def _event_tenor_pairs(events: pd.DataFrame, tenors: tuple[int, ...]) -> pd.DataFrame:
    if "tenor" in events.columns:
        return events
    return events.merge(pd.DataFrame({"tenor": list(tenors)}), how="cross")


def _on_other_days(
    pairs: pd.DataFrame, days: pd.DatetimeIndex, seed: int
) -> pd.DataFrame:
    """Events, with the covariates of their own dates, on days without any.

    Days within the ten after an event are days without events too: there is hardly one
    that is not.
    """
    inside = pairs["event_date"].between(days[0], days[-1])
    moved = other_days(pd.DatetimeIndex(pairs.loc[inside, "event_date"]), days, seed)
    placebo = pairs[inside].reset_index(drop=True)
    placebo["event_date"] = moved.loc[placebo["event_date"]].to_numpy()
    placebo["event_type"] = PLACEBO + placebo["event_type"]
    return placebo


def _check_tenors(pairs: pd.DataFrame, deviations: Deviations) -> None:
    known = list(deviations.deviation_bp)
    unknown = sorted(set(pairs["tenor"]) - set(known))
    if unknown:
        raise DataError(
            f"{deviations.source}: no deviation of tenor "
            f"{', '.join(map(str, unknown))} (years)",
            f"name some of {', '.join(map(str, known))}; the 7-year one is made from "
            "the 5- and the 10-year ones.",
        )


def _measured(
    pairs: pd.DataFrame,
    deviation_bp: np.ndarray,
    days: pd.DatetimeIndex,
    rule: HalfLifeRule,
) -> pd.DataFrame:
    """Half-lives of one tenor in every imputation."""
    dates = pd.DatetimeIndex(pairs["event_date"])
    keys = pairs.reset_index(drop=True)
    return pd.concat(
        [
            pd.concat([keys, half_lives(path, days, dates, rule)], axis=1).assign(
                imputation=imputation
            )
            for imputation, path in enumerate(deviation_bp)
        ]
    )


def with_microstructure(
    frame: pd.DataFrame, microstructure: pd.DataFrame | None
) -> pd.DataFrame:
    """Add who traded around each event; missing where it is not known."""
    if microstructure is None:
        return frame.assign(**dict.fromkeys(MICROSTRUCTURE_COVARIATES, np.nan))
    return frame.merge(
        microstructure, how="left", left_on=list(MATCHED_ON), right_index=True
    )


def with_liquidity(frame: pd.DataFrame, liquidity: pd.DataFrame | None) -> pd.DataFrame:
    """Add the liquidity of each event's quarter; missing where it is not known."""
    if liquidity is None:
        return frame.assign(**dict.fromkeys(LIQUIDITY_COVARIATES, np.nan))
    quarters = frame["event_date"].dt.to_period("Q")
    return frame.merge(
        liquidity, how="left", left_on=[quarters, "tenor"], right_index=True
    )[[*frame.columns, *LIQUIDITY_COVARIATES]]


def _match_notes(
    frame: pd.DataFrame,
    microstructure: pd.DataFrame | None,
    liquidity: pd.DataFrame | None,
) -> list[str]:
    """Say of each file how many of its rows serve an event: 0 is a spelling, mostly."""
    quarters = frame["event_date"].dt.to_period("Q")
    given = {
        "microstructure": (microstructure, frame[list(MATCHED_ON)]),
        "liquidity": (liquidity, pd.DataFrame({"q": quarters, "t": frame["tenor"]})),
    }
    notes = []
    for name, (other, keys) in given.items():
        if other is None:
            continue
        used = set(other.index.tolist()) & set(keys.itertuples(index=False, name=None))
        words = f"{name}: {len(used)} of its {len(other)} rows are of an event here"
        if not used:
            first = ", ".join(map(shown_key, other.index[0]))
            wanted = ", ".join(map(shown_key, keys.iloc[0]))
            words += f"; its first is of {first}, the first event of {wanted}"
        notes.append(words)
    return notes
