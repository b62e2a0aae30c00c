"""Build the event panel: half-lives, shared outcomes and covariates of events."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.deviations import Deviations
from data.errors import DataError
from data.half_life import HalfLifeRule, half_lives
from data.half_life_notes import describe_event_panel
from data.half_life_panels import outcome_labels
from data.half_life_validation import (
    LIQUIDITY_COVARIATES,
    MICROSTRUCTURE_COVARIATES,
)
from data.microstructure import MATCHED_ON

EVENT_TENORS = (2, 5, 7, 10, 20)
"""Tenors (years) that every event is paired with where the event names none."""


@dataclass(frozen=True)
class BuiltEventPanel:
    """An event panel and what a user has to know about it.

    Parameters
    ----------
    frame : DataFrame
        Layout of an event-panel file, see `data.half_life_panels`.
    notes : list of str
        One line each.
    """

    frame: pd.DataFrame
    notes: list[str]


def build_half_life_panel(
    deviations: Deviations,
    events: pd.DataFrame,
    rule: HalfLifeRule,
    *,
    tenors: tuple[int, ...] = EVENT_TENORS,
    microstructure: pd.DataFrame | None = None,
    liquidity: pd.DataFrame | None = None,
) -> BuiltEventPanel:
    """Measure the half-life after every event in every tenor and imputation.

    Parameters
    ----------
    deviations : Deviations
        Daily deviations.
    events : DataFrame
        Of `data.events.read_events`.
    rule : HalfLifeRule
        Threshold and horizon.
    tenors : tuple of int
        Tenors (years) of events that name none.
    microstructure, liquidity : DataFrame, optional
        Of `data.microstructure.read_microstructure` and
        `data.liquidity_controls.read_liquidity_controls`.

    Returns
    -------
    BuiltEventPanel

    Raises
    ------
    DataError
        A tenor has no deviation, or every event lies outside the deviations' dates.
    """
    pairs = _event_tenor_pairs(events, tenors)
    _check_tenors(pairs, deviations)
    frame = pd.concat(
        [
            _measured(pairs[pairs["tenor"] == tenor], values, deviations.days, rule)
            for tenor, values in deviations.deviation_bp.items()
        ]
    )
    frame["outcome"] = outcome_labels(frame)
    frame = _with_microstructure(frame, microstructure)
    frame = _with_liquidity(frame, liquidity)
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
    return BuiltEventPanel(frame, describe_event_panel(frame, rule))


def _event_tenor_pairs(events: pd.DataFrame, tenors: tuple[int, ...]) -> pd.DataFrame:
    if "tenor" in events.columns:
        return events
    return events.merge(pd.DataFrame({"tenor": list(tenors)}), how="cross")


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


def _with_microstructure(
    frame: pd.DataFrame, microstructure: pd.DataFrame | None
) -> pd.DataFrame:
    if microstructure is None:
        return frame.assign(**dict.fromkeys(MICROSTRUCTURE_COVARIATES, np.nan))
    return frame.merge(
        microstructure, how="left", left_on=list(MATCHED_ON), right_index=True
    )


def _with_liquidity(
    frame: pd.DataFrame, liquidity: pd.DataFrame | None
) -> pd.DataFrame:
    if liquidity is None:
        return frame.assign(**dict.fromkeys(LIQUIDITY_COVARIATES, np.nan))
    quarters = frame["event_date"].dt.to_period("Q")
    return frame.merge(
        liquidity, how="left", left_on=[quarters, "tenor"], right_index=True
    )[[*frame.columns, *LIQUIDITY_COVARIATES]]
