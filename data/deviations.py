"""Daily deviations of the basis from its level: published estimates or a trace."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from data.errors import DataError
from data.files import sha256_of
from data.panel_files import (
    date_cells,
    number_cells,
    read_cells,
    refuse_repeated_rows,
    require_columns,
    whole_number_cells,
)

SEVEN_YEAR_WEIGHTS = {5: 0.6, 10: 0.4}
"""The 7-year deviation as a combination of its neighbours, by linear interpolation in
the tenor."""

COMPONENTS = ("transitory", "autoregressive")
"""What a trace's deviation is: all of the basis that is not level, which is what the
half-life notebook calls the deviation, or its autoregressive part alone."""

ESTIMATES = ("filtered", "smoothed")
"""What a single imputation takes: the deviation given the data up to its day, as the
half-life notebook does, or given all data."""

_TRACE_REMEDY = (
    "give the trace of python -m inference fit basis-decomposition, or a CSV with "
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
    sha256 : str
        SHA-256 of the file's bytes.
    """

    deviation_bp: dict[int, NDArray[np.float64]]
    days: pd.DatetimeIndex
    source: str
    sha256: str

    @property
    def num_imputations(self) -> int:
        """Number of versions of each deviation."""
        return len(next(iter(self.deviation_bp.values())))


def read_deviations(
    path: Path,
    imputations: int = 1,
    estimate: str = "filtered",
    component: str = "transitory",
) -> Deviations:
    """Read deviations from published state estimates or a decomposition's trace.

    The 7-year deviation is added where the 5- and the 10-year one are known.

    Parameters
    ----------
    path : Path
        ``.nc``: trace of ``fit basis-decomposition``. ``.csv`` or ``.parquet``: one
        row a date and tenor with columns ``date``, ``tenor``, ``epsilon_filtered`` and
        ``epsilon_smoothed``, basis points.
    imputations : int
        1 for one estimate; more for that many posterior draws of the deviation, which
        a trace alone has.
    estimate : str
        Of :data:`ESTIMATES`; which estimate when `imputations` is 1.
    component : str
        Of :data:`COMPONENTS`; which part of a trace. On a day without a basis, the
        transitory part is expected to be the autoregressive one.

    Returns
    -------
    Deviations

    Raises
    ------
    DataError
        The file is missing, of another kind, or holds too few draws.
    """
    path = Path(path)
    for kind, name, choices in (
        ("estimate", estimate, ESTIMATES),
        ("component", component, COMPONENTS),
    ):
        if name not in choices:
            raise DataError(
                f"there is no {kind} {name!r}", f"Choose {' or '.join(choices)}."
            )
    if imputations < 1:
        raise DataError(
            f"{imputations} imputations", "Ask for 1, or for several posterior draws."
        )
    if path.suffix == ".nc":
        return _from_trace(path, imputations, estimate, component)
    if imputations > 1:
        raise DataError(
            f"{path}: {imputations} imputations, but the file holds one estimate",
            "give the trace of python -m inference fit basis-decomposition.",
        )
    return _from_table(path, estimate)


def _from_table(path: Path, estimate: str) -> Deviations:
    source, column = str(path), f"epsilon_{estimate}"
    cells = read_cells(path, _TRACE_REMEDY)
    require_columns(cells, ("date", "tenor", column), source)
    dates = date_cells(cells["date"], source)
    frame = pd.DataFrame(
        {
            "date": dates,
            "tenor": whole_number_cells(cells["tenor"], dates, source),
            "deviation_bp": number_cells(cells[column], dates, source),
        }
    )
    refuse_repeated_rows(frame, ("date", "tenor"), source)
    if frame.empty:
        raise DataError(f"{source}: no deviations", _TRACE_REMEDY)
    wide = frame.pivot_table("deviation_bp", "date", "tenor", dropna=False)
    by_tenor = {int(t): wide[t].to_numpy()[None, :] for t in wide.columns}
    days = pd.DatetimeIndex(wide.index)
    return Deviations(_with_seven_years(by_tenor), days, source, sha256_of(path))


def _from_trace(
    path: Path, imputations: int, estimate: str, component: str
) -> Deviations:
    source = str(path)
    states = _group(path, "smoothed" if imputations > 1 else estimate)
    deviation = states["deviation_bp"]
    if component == "transitory":
        # Draws are in single precision; the difference is taken in double.
        basis = _group(path, "panel")["basis_bp"].astype(np.float64)
        deviation = (basis - states["level_bp"]).fillna(deviation)
    if imputations > 1:
        available = deviation.sizes["sample"]
        if imputations > available:
            raise DataError(
                f"{source}: {imputations} imputations, but {available} draws are kept",
                f"Ask for at most {available}.",
            )
        chosen = np.linspace(0, available - 1, imputations).round().astype(int)
        deviation = deviation.isel(sample=chosen)
    elif "sample" in deviation.dims:
        deviation = deviation.mean("sample").expand_dims("sample")
    else:
        deviation = deviation.expand_dims("sample")
    deviation = deviation.transpose("tenor", "sample", "day").astype(np.float64)
    by_tenor = {
        int(tenor): deviation.sel(tenor=tenor).to_numpy()
        for tenor in deviation["tenor"].to_numpy()
    }
    days = pd.DatetimeIndex(deviation["day"].to_numpy())
    return Deviations(_with_seven_years(by_tenor), days, source, sha256_of(path))


def _group(path: Path, name: str) -> xr.Dataset:
    """One group of a trace, in memory."""
    if not path.is_file():
        raise DataError(f"{path}: no such file", _TRACE_REMEDY)
    try:
        with xr.open_dataset(path, group=name) as group:
            return group.load()
    except (OSError, KeyError) as error:
        raise DataError(
            f"{path}: no {name} states in the file ({error})", _TRACE_REMEDY
        ) from None


def _with_seven_years(
    by_tenor: dict[int, NDArray[np.float64]],
) -> dict[int, NDArray[np.float64]]:
    if 7 in by_tenor or not set(SEVEN_YEAR_WEIGHTS) <= set(by_tenor):
        return by_tenor
    interpolated = sum(w * by_tenor[tenor] for tenor, w in SEVEN_YEAR_WEIGHTS.items())
    return dict(sorted({**by_tenor, 7: np.asarray(interpolated)}.items()))
