"""The event panel: one row an event, tenor and imputation, with its half-life."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data.files import sha256_of
from data.half_life_validation import (
    COVARIATES,
    validate_half_life_panel,
)
from data.panel_files import (
    date_cells,
    number_cells,
    read_cells,
    require_columns,
    require_panel_suffix,
    sha256_of_frame,
    truth_cells,
    whole_number_cells,
    write_frame,
)

REQUIRED_COLUMNS = (
    "event_date",
    "event_type",
    "tenor",
    "deviation_bp",
    "half_life_days",
    "is_censored",
)
"""What a panel of the user's own has at least."""

_BUILD_REMEDY = "check the path, or make a panel: python -m data build half-life"


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
        `data.half_life_validation.COVARIATES`, NaN where not available.
    source : str
        Where the panel came from, usually a path.
    sha256 : str
        SHA-256 of the file's bytes.
    """

    frame: pd.DataFrame
    source: str
    sha256: str


def read_half_life_panel(path: Path) -> HalfLifePanel:
    """Read a CSV or Parquet event panel and check it.

    Raises
    ------
    DataError
        The file is missing, damaged or fails a check of `validate_half_life_panel`.
    """
    path = Path(path)
    frame = _typed(read_cells(path, _BUILD_REMEDY), str(path))
    return HalfLifePanel(frame, str(path), sha256_of(path))


def half_life_panel_from_frame(frame: pd.DataFrame, source: str) -> HalfLifePanel:
    """Check an event panel that is already in memory.

    Parameters
    ----------
    frame : DataFrame
        Layout of a panel file.
    source : str
        Name used in errors and kept with results.

    Returns
    -------
    HalfLifePanel
        Its ``sha256`` is that of the panel written as CSV.
    """
    typed = _typed(frame, source)
    digest = sha256_of_frame(typed)
    return HalfLifePanel(typed, source, digest)


def write_half_life_panel(frame: pd.DataFrame, path: Path) -> None:
    """Check an event panel and write it, completely or not at all.

    Raises
    ------
    DataError
        An extension other than .csv and .parquet, or a panel that could not be read
        back.
    """
    path = Path(path)
    require_panel_suffix(path)
    write_frame(_typed(frame, str(path)), path)


def _typed(raw: pd.DataFrame, source: str) -> pd.DataFrame:
    """Checked columns with their types and defaults, in the layout's order."""
    require_columns(raw, REQUIRED_COLUMNS, source)
    dates = date_cells(raw["event_date"], source)
    tenor = whole_number_cells(raw["tenor"], dates, source)
    frame = pd.DataFrame(
        {
            "event_date": dates,
            "deviation_date": _deviation_dates(raw, dates, source),
            "event_type": _text(raw, "event_type"),
            "tenor": tenor,
        }
    )
    frame["outcome"] = (
        _text(raw, "outcome") if "outcome" in raw else outcome_labels(frame)
    )
    frame["imputation"] = (
        whole_number_cells(raw["imputation"], dates, source)
        if "imputation" in raw
        else np.int64(0)
    )
    for name in ("deviation_bp", "half_life_days"):
        frame[name] = number_cells(raw[name], dates, source)
    frame["is_censored"] = truth_cells(raw["is_censored"], dates, source)
    frame["set_aside"] = _text(raw, "set_aside") if "set_aside" in raw else ""
    for name in COVARIATES:
        frame[name] = number_cells(raw[name], dates, source) if name in raw else np.nan
    frame = frame.reset_index(drop=True)
    validate_half_life_panel(frame, source)
    return frame


def outcome_labels(frame: pd.DataFrame) -> pd.Series:
    """Label of the outcome that events of one deviation date and tenor share."""
    dates = frame["deviation_date"].fillna(frame["event_date"])
    return dates.dt.strftime("%Y-%m-%d") + " " + frame["tenor"].astype(str) + "y"


def _deviation_dates(raw: pd.DataFrame, dates: pd.Series, source: str) -> pd.Series:
    """Missing where an event was set aside for lack of a deviation."""
    if "deviation_date" not in raw:
        return dates
    cells = raw["deviation_date"]
    given = cells.notna() & (cells.astype(str).str.strip() != "")
    found = pd.Series(pd.NaT, index=raw.index, dtype="datetime64[ns]")
    found[given] = date_cells(cells[given], source)
    return found


def _text(raw: pd.DataFrame, name: str) -> pd.Series:
    return raw[name].astype(object).where(raw[name].notna(), "").astype(str).str.strip()
