"""The half-life notebook's own regression: least squares on the events that halved.

    half-life = constant + covariates + event type x tenor + error,

on every event that halved within the horizon, one row each also where several share an
outcome, with heteroskedasticity-robust standard errors (HC1: MacKinnon and White 1985,
doi 10.1016/0304-4076(85)90158-7). What it leaves out, censoring, shared outcomes and
pooling, is what the other columns of the coefficient table put back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.linalg import matrix_rank
from scipy.linalg import qr

from analysis.half_life_events import used_events
from analysis.hedging_regression import FloatArray


@dataclass(frozen=True)
class NotebookRegression:
    """Result of the notebook's regression.

    Attributes
    ----------
    coefficients : DataFrame
        Index the covariate; columns estimate, std_error, t_statistic, p_value,
        lower_95, upper_95, days per unit of the covariate. All are missing where the
        rows cannot tell the covariate from the others and the event types by tenors: a
        generalised inverse would print a number there, which means nothing.
    num_observations : int
    r_squared : float
    """

    coefficients: pd.DataFrame
    num_observations: int
    r_squared: float


def resolved_rows(events: pd.DataFrame) -> pd.DataFrame:
    """Rows that the notebook's regression uses: halved, in the first imputation."""
    used = used_events(events)
    first = used["imputation"] == events["imputation"].min()
    return used[first & ~used["is_censored"]]


def notebook_regression(
    rows: pd.DataFrame, covariates: Sequence[str]
) -> NotebookRegression:
    """Regress the half-life on covariates and event types by tenors.

    Parameters
    ----------
    rows : (event,) DataFrame
        Columns half_life_days, event_type, tenor and the covariates, complete.
    covariates : sequence of str

    Returns
    -------
    NotebookRegression
    """
    design = _design(rows, covariates)
    kept = _independent_columns(design)
    days = rows["half_life_days"].to_numpy(float)
    fitted = sm.OLS(days, design[:, kept]).fit(cov_type="HC1")
    position = {column: place for place, column in enumerate(kept)}
    found = {
        name: _coefficient(fitted, position[column])
        for column, name in enumerate(covariates)
        if column in position and _is_identified(design, column)
    }
    frame = pd.DataFrame.from_dict(found, orient="index", columns=list(_COLUMNS))
    frame = frame.astype(float).reindex(pd.Index(list(covariates), name="covariate"))
    return NotebookRegression(frame, len(rows), float(fitted.rsquared))


_COLUMNS = (
    "estimate",
    "std_error",
    "t_statistic",
    "p_value",
    "lower_95",
    "upper_95",
)


def _coefficient(fitted: Any, place: int) -> tuple[float, ...]:
    return (
        fitted.params[place],
        fitted.bse[place],
        fitted.tvalues[place],
        fitted.pvalues[place],
        *fitted.conf_int()[place],
    )


def _design(rows: pd.DataFrame, covariates: Sequence[str]) -> FloatArray:
    """Covariates and one indicator an event type by tenor, which span the constant."""
    cells = rows["event_type"] + ":" + rows["tenor"].astype(str)
    indicators = pd.get_dummies(cells, dtype=float).to_numpy()
    return np.hstack([rows[list(covariates)].to_numpy(dtype=float), indicators])


def _unit_columns(design: FloatArray) -> FloatArray:
    """Columns of length one: amounts and shares differ by eight orders."""
    return design / np.maximum(np.linalg.norm(design, axis=0), np.finfo(float).tiny)


def _independent_columns(design: FloatArray) -> list[int]:
    """Columns that span the design and none of which is a combination of others."""
    unit = _unit_columns(design)
    _, pivot = qr(unit, mode="r", pivoting=True)
    return sorted(int(column) for column in pivot[: matrix_rank(unit)])


def _is_identified(design: FloatArray, column: int) -> bool:
    """Whether a column is no combination of the others."""
    unit = _unit_columns(design)
    others = np.delete(unit, column, axis=1)
    return bool(matrix_rank(others) < matrix_rank(unit))
