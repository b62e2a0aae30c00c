"""The event panel: one row an event, tenor and imputation, with its half-life."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.files.cells import (
    date_cells,
    number_cells,
    optional_date_cells,
    optional_number_cells,
    require_columns,
    text_cells,
    truth_cells,
    whole_number_cells,
)
from data.files.panel_file import NEEDED, Columns, PanelFile, column_names
from data.half_life.checks import COVARIATES, SHARES, validate_half_life_panel

FAILED_CHECKS = "failed_checks"
"""Column of what was made from a posterior: how many checks that posterior failed. A
column, since a table in any format carries it wherever it is copied."""

CLEANING = "cleaning"
"""Column of a panel whose trading covariates are of cleaned transactions: the rules
that they were cleaned by."""

COVARIATE_LAYOUT = (
    Columns(SHARES, "share or concentration, 0 to 1"),
    Columns(("total_volume_usd",), "traded volume, USD"),
    Columns(("trade_count", "dealer_count"), "number"),
    Columns(("bid_ask_spread",), "price points per 100"),
    Columns(("outstanding",), "publicly held amount outstanding, USD million"),
)

LAYOUT = (
    Columns(("event_date",), "`YYYY-MM-DD`", NEEDED),
    Columns(("event_type",), "a name of your own", NEEDED),
    Columns(("tenor",), "whole years", NEEDED),
    Columns(("deviation_bp",), "basis points, on the event day", NEEDED),
    Columns(
        ("half_life_days",),
        "whole business days from 1; when censored the days observed; empty when set "
        "aside",
        NEEDED,
    ),
    Columns(("is_censored",), "True or False", NEEDED),
    Columns(("deviation_date",), "first day with a deviation, that of the event"),
    Columns(("outcome",), "label that events of one half-life share"),
    Columns(("imputation",), "number of the draw, 0 for one"),
    Columns(("set_aside",), "the reason, or empty"),
    *COVARIATE_LAYOUT,
    Columns(
        (FAILED_CHECKS,),
        "how many checks the decomposition failed that the deviations are of",
        "only where it did",
    ),
    Columns(
        (CLEANING,),
        "rules that the transactions behind the covariates were cleaned by",
        "only where they say so",
    ),
)

REQUIRED_COLUMNS = column_names(LAYOUT, NEEDED)
"""What a panel of the user's own has at least."""


@dataclass(frozen=True)
class HalfLifePanel:
    """A checked event panel.

    Parameters
    ----------
    frame : pd.DataFrame
        One row an event, tenor and imputation; columns

        ``event_date`` datetime64[ns], ``event_type`` str, ``tenor`` int, years;
        ``deviation_date`` datetime64[ns], first day on or after the event that has a
        deviation; ``outcome`` str, the same for all events that share tenor and
        ``deviation_date``, and so one half-life; ``imputation`` int, which draw of the
        deviations, 0 where there is one; ``deviation_bp`` float, at
        ``deviation_date``; ``half_life_days`` float, whole business days, when
        censored the days observed, NaN when set aside; ``is_censored`` bool;
        ``set_aside`` str, the reason or empty; and float columns for
        `data.half_life.checks.COVARIATES`, NaN where not available. Only where
        the deviations are of a decomposition that failed its checks: ``failed_checks``
        int, how many. Only where trading covariates say so: ``cleaning`` str.
    source : str
        Where the panel came from, usually a path.
    sha256 : str
        SHA-256 of the file's bytes.
    """

    frame: pd.DataFrame
    source: str
    sha256: str


def _typed(raw: pd.DataFrame, source: str) -> pd.DataFrame:
    """Checked columns with their types and defaults, in the layout's order."""
    require_columns(raw, REQUIRED_COLUMNS, source)
    dates = date_cells(raw["event_date"], source)
    tenor = whole_number_cells(raw["tenor"], dates, source)
    frame = pd.DataFrame(
        {
            "event_date": dates,
            # Missing where an event was set aside for lack of a deviation.
            "deviation_date": optional_date_cells(raw, "deviation_date", source)
            if "deviation_date" in raw
            else dates,
            "event_type": text_cells(raw, "event_type"),
            "tenor": tenor,
        }
    )
    frame["outcome"] = (
        text_cells(raw, "outcome") if "outcome" in raw else outcome_labels(frame)
    )
    frame["imputation"] = (
        whole_number_cells(raw["imputation"], dates, source)
        if "imputation" in raw
        else np.int64(0)
    )
    for name in ("deviation_bp", "half_life_days"):
        frame[name] = number_cells(raw[name], dates, source)
    frame["is_censored"] = truth_cells(raw["is_censored"], dates, source)
    frame["set_aside"] = text_cells(raw, "set_aside")
    for name in COVARIATES:
        frame[name] = optional_number_cells(raw, name, dates, source)
    if FAILED_CHECKS in raw:
        frame[FAILED_CHECKS] = whole_number_cells(raw[FAILED_CHECKS], dates, source)
    if CLEANING in raw:
        frame[CLEANING] = text_cells(raw, CLEANING)
    frame = frame.reset_index(drop=True)
    validate_half_life_panel(frame, source)
    return frame


def failed_checks_note(frame: pd.DataFrame) -> list[str]:
    """Say that half-lives rest on a decomposition that failed; empty if it did not."""
    count = int(frame[FAILED_CHECKS].max()) if FAILED_CHECKS in frame else 0
    if count <= 0:
        return []
    return [
        "the deviations are of a decomposition of the basis that failed "
        f"{count} of its checks: do not use these half-lives"
    ]


def cleaning_of(frame: pd.DataFrame) -> str:
    """Rules that the transactions behind a panel's covariates were cleaned by."""
    if CLEANING not in frame:
        return ""
    return " + ".join(sorted(filter(None, map(str, frame[CLEANING].unique()))))


def outcome_labels(frame: pd.DataFrame) -> pd.Series:
    """Label of the outcome that events of one deviation date and tenor share."""
    dates = frame["deviation_date"].fillna(frame["event_date"])
    return dates.dt.strftime("%Y-%m-%d") + " " + frame["tenor"].astype(str) + "y"


HALF_LIFE_FILE = PanelFile(
    build="half-life", layout=LAYOUT, checked=_typed, panel=HalfLifePanel
)

read_half_life_panel = HALF_LIFE_FILE.read
half_life_panel_from_frame = HALF_LIFE_FILE.of
write_half_life_panel = HALF_LIFE_FILE.write
