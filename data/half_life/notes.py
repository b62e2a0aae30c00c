"""What a user has to know about a built event panel, one line a matter."""

import pandas as pd

from data.half_life.checks import COVARIATES
from data.half_life.event_panel import failed_checks_note
from data.half_life.rule import HalfLifeRule

_LISTED_DATES = 6

INTERPOLATED_TENOR = 7
"""Years; see `data.half_life.deviations.SEVEN_YEAR_WEIGHTS`."""


def describe_event_panel(frame: pd.DataFrame, rule: HalfLifeRule) -> list[str]:
    """Describe counts, outcomes, what was set aside and which covariates are missing.

    Parameters
    ----------
    frame : DataFrame
        Layout of an event panel.
    rule : HalfLifeRule
        Its threshold and horizon.

    Returns
    -------
    list of str
        One line each.
    """
    first = frame[frame["imputation"] == frame["imputation"].min()]
    return [
        *failed_checks_note(frame),
        _event_note(first, frame["imputation"].nunique()),
        _resolution_note(frame, rule),
        *_set_aside_notes(frame, rule),
        *_sharing_notes(first),
        *_interpolation_notes(first),
        *_moved_notes(first),
        *_covariate_notes(first),
    ]


def _event_note(events: pd.DataFrame, imputations: int) -> str:
    tenors = ", ".join(map(str, sorted(events["tenor"].unique())))
    dates = events["event_date"]
    return (
        f"rows: {len(events)} (events by tenors {tenors}), {dates.min():%Y-%m-%d} to "
        f"{dates.max():%Y-%m-%d}, imputations: {imputations}"
    )


def _resolution_note(frame: pd.DataFrame, rule: HalfLifeRule) -> str:
    imputations = frame["imputation"].nunique()
    used = frame[frame["set_aside"] == ""]
    censored = used["is_censored"].sum() / imputations
    resolved = len(used) / imputations - censored
    text = (
        f"halved within {rule.horizon_days} business days: {resolved:g}, not halved "
        f"while observed and so right-censored: {censored:g}"
    )
    if imputations > 1:
        text += " (means over imputations)"
    if resolved == 0:
        text += "; the data say only that half-lives are longer than that"
    return text


def _set_aside_notes(frame: pd.DataFrame, rule: HalfLifeRule) -> list[str]:
    imputations = frame["imputation"].nunique()
    reasons = frame.loc[frame["set_aside"] != "", "set_aside"].value_counts()
    return [
        f"set aside, {reason}: {count / imputations:g}"
        + (f" ({rule.threshold_bp:g} bp)" if "threshold" in str(reason) else "")
        for reason, count in reasons.items()
    ]


def _sharing_notes(events: pd.DataFrame) -> list[str]:
    used = events[events["set_aside"] == ""]
    shared = len(used) - used["outcome"].nunique()
    if not shared:
        return []
    return [
        f"outcomes: {used['outcome'].nunique()}; {shared} rows share date and tenor "
        "with another and are the same outcome"
    ]


def _interpolation_notes(events: pd.DataFrame) -> list[str]:
    count = int((events["tenor"] == INTERPOLATED_TENOR).sum())
    if not count:
        return []
    return [
        f"rows of {INTERPOLATED_TENOR} years: {count}; where no deviation of that "
        "tenor was given it is made from those of 5 and 10 years and repeats what they "
        "say: leave it out with --tenor"
    ]


def _moved_notes(events: pd.DataFrame) -> list[str]:
    moved = events[
        events["deviation_date"].notna()
        & (events["deviation_date"] != events["event_date"])
    ]
    dates = moved.drop_duplicates("event_date")
    if dates.empty:
        return []
    listed = dates.head(_LISTED_DATES)
    pairs = ", ".join(
        f"{event:%Y-%m-%d} from {day:%Y-%m-%d}"
        for event, day in zip(
            listed["event_date"], listed["deviation_date"], strict=True
        )
    )
    more = len(dates) - len(listed)
    others = f" and {more} more" if more else ""
    return [f"no deviation on the event's own date, counted: {pairs}{others}"]


def _covariate_notes(events: pd.DataFrame) -> list[str]:
    covariates = events[list(COVARIATES)]
    absent = covariates.columns[covariates.isna().all()]
    notes = [f"no row has: {', '.join(absent)}"] if len(absent) else []
    present = covariates.drop(columns=absent)
    incomplete = present.columns[present.isna().any()]
    missing = present[incomplete].isna().sum()
    for count, names in missing.groupby(missing).groups.items():
        known = events[events[names].notna().all(axis=1)]
        tenors = sorted(set(events["tenor"]) - set(known["tenor"]))
        without = f", none for tenor {', '.join(map(str, tenors))}" if tenors else ""
        notes.append(
            f"missing in {count} of {len(events)} rows: {', '.join(names)}; there are "
            f"values for {known['event_date'].min():%Y-%m-%d} to "
            f"{known['event_date'].max():%Y-%m-%d}{without}"
        )
    constant = present.columns[present.min() == present.max()]
    if len(constant):
        notes.append(f"one value only, so no effect can be told: {', '.join(constant)}")
    return notes
