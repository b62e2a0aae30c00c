"""What a reader of a half-life regression has to know about its data."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.half_life.checks import COVARIATES
from data.half_life.notes import INTERPOLATED_TENOR
from models.half_life.covariates import CONSTANT, DEVIATION_SIZE


def exclusion_notes(
    frame: pd.DataFrame,
    outcomes: pd.DataFrame,
    names: tuple[str, ...],
    known: NDArray[np.bool_],
) -> list[str]:
    """Say which rows and covariates are left out, and how many.

    Parameters
    ----------
    frame : DataFrame
        The panel.
    outcomes : DataFrame
        Every outcome with its covariates.
    names : tuple of str
        Covariates that enter.
    known : (outcome,) bool
        Whether an outcome has all of them.
    """
    notes = []
    aside = int((frame["set_aside"] != "").sum())
    if aside:
        notes.append(f"{aside} of {len(frame)} rows are set aside by the panel")
    for name in COVARIATES:
        count = int(outcomes[name].notna().sum())
        if name not in names and count:
            notes.append(
                f"{name} is known for {count} of {len(outcomes)} outcomes only and "
                "does not enter"
            )
    absent = [x for x in COVARIATES if x not in names and outcomes[x].isna().all()]
    if absent:
        notes.append(f"no outcome has {', '.join(absent)}: they do not enter")
    if not known.all():
        lost = sorted(set(outcomes["tenor"]) - set(outcomes["tenor"][known]))
        notes.append(
            f"{int((~known).sum())} of {len(outcomes)} outcomes lack a covariate and "
            "are left out"
            + "".join(f"; none of tenor {tenor} is left" for tenor in lost)
        )
    return notes


def imputation_notes(values: pd.DataFrame) -> list[str]:
    """Say which covariates are imputed, and for how many outcomes.

    Parameters
    ----------
    values : (outcome, covariate) DataFrame
        Covariates that enter, empty where imputed.
    """
    return [
        f"{name} is missing for {lacking} of {len(values)} outcomes and drawn there, "
        "given all else"
        for name, lacking in values.isna().sum().items()
        if lacking
    ]


def outcome_notes(
    kept: pd.DataFrame, half_life: NDArray[np.int64], watched: NDArray[np.int64]
) -> list[str]:
    """Count outcomes, those that several events share, and those censored."""
    counted = watched > 0
    censored = (half_life > watched) & counted
    share = censored.sum() / max(int(counted.sum()), 1)
    notes = [
        f"{len(kept)} outcomes on {kept['event_date'].nunique()} dates, "
        f"{share:.1%} right-censored"
    ]
    shared = int(kept["event_types"].str.contains("+", regex=False).sum())
    if shared:
        notes.append(f"{shared} outcomes belong to events of several types")
    interpolated = int((kept["tenor"] == INTERPOLATED_TENOR).sum())
    if interpolated:
        notes.append(
            f"{interpolated} outcomes are of {INTERPOLATED_TENOR} years, a tenor that "
            "decompositions make from 5 and 10 years: they repeat what those say"
        )
    if censored.sum() == counted.sum():
        notes.append("no outcome halved: the data bound the hazard from above only")
    return notes


def size_notes(names: tuple[str, ...]) -> list[str]:
    """Warn where effects may be those of the size of the deviation."""
    if not names or DEVIATION_SIZE in names:
        return []
    return [
        "the size of the deviation does not enter: large ones come back in part "
        "because they are noise, and what goes with the size has an effect then "
        f"(--covariate {DEVIATION_SIZE})"
    ]


def covariate_notes(covariates: pd.DataFrame) -> list[str]:
    """Name the covariates whose effect the data cannot tell.

    Parameters
    ----------
    covariates : DataFrame
        Of `models.half_life.covariates.covariate_report`.
    """
    notes = []
    for name, finding in covariates["finding"].items():
        if finding == CONSTANT:
            notes.append(f"{name} is constant: its coefficient keeps its prior")
        elif finding:
            notes.append(f"{name} is {finding}")
    return notes
