"""The half-life notebook's own regression, and which of its terms mean anything.

Least squares of :mod:`analysis.half_life.least_squares` prints a number for every term,
also where the rows cannot tell a covariate from the rest; here those are named, and the
same regression is made comparable with the others: one standard deviation of each
covariate.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.linalg import matrix_rank

from analysis.fit import Fit
from analysis.half_life.effects import inputs_of, standardized_values
from analysis.half_life.events import panel_of, used_events
from analysis.half_life.least_squares import COVARIATES, robust_linear_regression
from analysis.half_life.survival import NORMAL_975
from data.arrays import FloatArray, is_constant
from data.half_life.event_panel import HalfLifePanel


def notebook_rows(panel: HalfLifePanel) -> pd.DataFrame:
    """Rows that least squares sees: halved and complete, of every imputation.

    None where all half-lives are equal: what they would be regressed on is rounding.
    """
    used = used_events(panel.frame)
    resolved = used[~used["is_censored"]]
    complete = resolved.dropna(subset=known_covariates(panel))
    return complete.iloc[:0] if is_constant(complete["half_life_days"]) else complete


def known_covariates(panel: HalfLifePanel) -> list[str]:
    """Covariates of the notebook that the panel holds for any event."""
    return [name for name in COVARIATES if panel.frame[name].notna().any()]


def has_notebook_rows(fit: Fit) -> bool:
    """Whether there is a covariate, and an event that halved and is complete."""
    panel = panel_of(fit)
    return bool(known_covariates(panel)) and not notebook_rows(panel).empty


def notebook_regression(fit: Fit) -> pd.DataFrame:
    """Regress half-lives as the notebook does, in the covariates' own units.

    Parameters
    ----------
    fit : Fit
        Of any half-life regression; only its panel is used.

    Returns
    -------
    DataFrame
        Columns term, estimate, standard_error, t, p, nobs, r2, lower_95, upper_95 and
        is_identified: whether the rows tell the term's covariate from all else (missing
        for the event types by tenors). Empty without a covariate or a complete row.
    """
    panel = panel_of(fit)
    return _regression(panel, notebook_rows(panel))


def standardized_notebook_regression(fit: Fit) -> pd.DataFrame:
    """Regress on the notebook's covariates as they enter the regression of a fit.

    Parameters
    ----------
    fit : Fit
        Of any half-life regression.

    Returns
    -------
    DataFrame
        As :func:`notebook_regression`, estimates in days per standard deviation.
    """
    panel, inputs = panel_of(fit), inputs_of(fit)
    rows = notebook_rows(panel)
    entering = set(inputs.covariates.index)
    scaled = {
        name: standardized_values(inputs, name, rows[name].to_numpy(float))
        if name in entering
        else np.nan
        for name in COVARIATES
    }
    return _regression(panel, rows.assign(**scaled))


def _regression(panel: HalfLifePanel, rows: pd.DataFrame) -> pd.DataFrame:
    names = [name for name in COVARIATES if rows[name].notna().any()]
    if rows.empty or not names:
        return pd.DataFrame()
    table = robust_linear_regression(HalfLifePanel(rows, panel.source, panel.sha256))
    half = NORMAL_975 * table["standard_error"]
    identified = identified_covariates(rows, names)
    return table.assign(
        lower_95=table["estimate"] - half,
        upper_95=table["estimate"] + half,
        is_identified=table["term"].map(identified),
    )


def identified_covariates(
    rows: pd.DataFrame, covariates: Sequence[str]
) -> dict[str, bool]:
    """Whether each covariate is no combination of the others and of the cells.

    Parameters
    ----------
    rows : (event,) DataFrame
        Columns event_type, tenor and the covariates, complete.
    covariates : sequence of str
    """
    cells = rows["event_type"] + ":" + rows["tenor"].astype(str)
    indicators = pd.get_dummies(cells, dtype=float).to_numpy()
    values = rows[list(covariates)].to_numpy(dtype=float)
    design = _unit_columns(np.hstack([values, indicators]))
    rank = matrix_rank(design)
    return {
        name: bool(matrix_rank(np.delete(design, column, axis=1)) < rank)
        for column, name in enumerate(covariates)
    }


def _unit_columns(design: FloatArray) -> FloatArray:
    """Columns of length one: amounts and shares differ by eight orders."""
    return design / np.maximum(np.linalg.norm(design, axis=0), np.finfo(float).tiny)
