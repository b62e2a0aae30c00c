"""Daily deviations of the basis from its level: published estimates or our own."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.errors import DataError
from data.files.cells import (
    date_cells,
    number_cells,
    read_cells,
    refuse_repeated_rows,
    require_columns,
    require_panel_suffix,
    whole_number_cells,
    write_frame,
)
from data.half_life.event_panel import FAILED_CHECKS

SEVEN_YEAR_WEIGHTS = {5: 0.6, 10: 0.4}
"""The 7-year deviation as a combination of its neighbours, by linear interpolation in
the tenor."""

ESTIMATES = ("filtered", "smoothed")
"""What a single imputation takes: the deviation given the data up to its day, as the
half-life notebook does, or given all data."""

DEVIATION = "deviation_bp"
"""Column of a file that `write_deviations` wrote; published ones have two estimates."""

_KEYS = ["imputation", "date", "tenor"]

_REMEDY = (
    "write the file with python -m inference export deviations, or give a table with "
    "date, tenor and epsilon_filtered."
)


@dataclass(frozen=True)
class Deviations:
    """Daily deviations of every tenor, in one or several imputations.

    Parameters
    ----------
    deviation_bp : dict of int to (imputation, day) float
        By tenor in years, NaN where not known.
    days : DatetimeIndex
        Business days, increasing.
    source : str
        Where they came from, usually a path.
    failed_checks : int
        Checks of convergence that the decomposition failed; 0 of a good one.
    """

    deviation_bp: dict[int, NDArray[np.float64]]
    days: pd.DatetimeIndex
    source: str
    failed_checks: int = 0

    @property
    def num_imputations(self) -> int:
        """Number of versions of each deviation."""
        return len(next(iter(self.deviation_bp.values())))


def read_deviations(path: Path, estimate: str = "filtered") -> Deviations:
    """Read deviations of a decomposition of ours, or published state estimates.

    The 7-year deviation is added where the 5- and the 10-year one are known.

    Parameters
    ----------
    path : Path
        ``.csv`` or ``.parquet``, of either layout. Ours, by `write_deviations`: one row
        an imputation, date and tenor with columns ``imputation``, ``date``, ``tenor``,
        ``deviation_bp`` and ``failed_checks``. Published: one row a date and tenor with
        columns ``date``, ``tenor``, ``epsilon_filtered`` and ``epsilon_smoothed``,
        basis points.
    estimate : str
        Of :data:`ESTIMATES`; which of the published two.

    Raises
    ------
    DataError
        The file is missing, of another kind, or damaged.
    """
    if estimate not in ESTIMATES:
        raise DataError(
            f"there is no estimate {estimate!r}", f"Choose {' or '.join(ESTIMATES)}."
        )
    path = Path(path)
    source = str(path)
    if path.suffix == ".nc":
        raise DataError(f"{source}: a trace, and no table of deviations", _REMEDY)
    cells = read_cells(path, _REMEDY)
    is_ours = DEVIATION in cells.columns
    column = DEVIATION if is_ours else f"epsilon_{estimate}"
    marks = ("imputation", FAILED_CHECKS) if is_ours else ()
    require_columns(cells, ("date", "tenor", column, *marks), source)
    dates = date_cells(cells["date"], source)
    frame = pd.DataFrame(
        {
            "imputation": 0,
            "date": dates,
            **{
                name: whole_number_cells(cells[name], dates, source)
                for name in ("tenor", *marks)
            },
            DEVIATION: number_cells(cells[column], dates, source),
        }
    )
    refuse_repeated_rows(frame, _KEYS if is_ours else _KEYS[1:], source)
    if frame.empty:
        raise DataError(f"{source}: no deviations", _REMEDY)
    by_tenor, days = _arrays(frame)
    failed_checks = int(frame[FAILED_CHECKS].max()) if is_ours else 0
    return Deviations(with_seven_years(by_tenor), days, source, failed_checks)


def write_deviations(deviations: Deviations, path: Path) -> None:
    """Write deviations, completely or not at all, to be read by `read_deviations`.

    Raises
    ------
    DataError
        An extension other than .csv and .parquet.
    """
    require_panel_suffix(path)
    number, days = deviations.num_imputations, deviations.days
    frame = pd.concat(
        pd.DataFrame(
            {
                "imputation": np.repeat(np.arange(number), len(days)),
                "date": np.tile(days, number),
                "tenor": tenor,
                DEVIATION: deviation_bp.ravel(),
                FAILED_CHECKS: deviations.failed_checks,
            }
        )
        for tenor, deviation_bp in deviations.deviation_bp.items()
    )
    write_frame(frame, path)


def _arrays(
    frame: pd.DataFrame,
) -> tuple[dict[int, NDArray[np.float64]], pd.DatetimeIndex]:
    """By tenor (imputation, day), NaN where there is no row; and the days."""
    wide = frame.pivot_table(DEVIATION, _KEYS[:2], "tenor", dropna=False)
    days = np.unique(frame["date"])
    shape = frame["imputation"].nunique(), len(days)
    by_tenor = {int(t): wide[t].to_numpy().reshape(shape) for t in wide.columns}
    return by_tenor, pd.DatetimeIndex(days)


def with_seven_years(
    by_tenor: dict[int, NDArray[np.float64]],
) -> dict[int, NDArray[np.float64]]:
    """Add the 7-year deviation where its neighbours are known and it is not."""
    if 7 in by_tenor or not set(SEVEN_YEAR_WEIGHTS) <= set(by_tenor):
        return by_tenor
    interpolated = sum(w * by_tenor[tenor] for tenor, w in SEVEN_YEAR_WEIGHTS.items())
    return dict(sorted({**by_tenor, 7: np.asarray(interpolated)}.items()))
