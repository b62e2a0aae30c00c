"""The half-life notebook's linear regression, as it stands there.

Ordinary least squares of the half-lives that were resolved, every event a row of its
own, standard errors robust to heteroskedasticity: what the duration models are compared
with. Its flaws are its own: what had not halved is left out, and two events of one date
and tenor count their one half-life twice. Of several imputations every one is regressed
on, and estimates are joined by Rubin's rules.
"""

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from scipy.stats import t as student_t

from data.arrays import is_constant
from data.errors import DataError
from data.half_life.event_panel import HalfLifePanel

COVARIATES = (
    "dealer_hhi",
    "principal_share",
    "ats_share",
    "total_volume_usd",
    "trade_count",
    "dealer_count",
)
"""The notebook's, in its order and its units."""

EVENT_TYPES_BY_TENORS = "C(event_type):C(tenor)"

COVARIANCE = "HC1"
"""White's estimator, corrected for degrees of freedom: MacKinnon & White (1985, doi
10.1016/0304-4076(85)90158-7), equation (12)."""


def robust_linear_regression(
    panel: HalfLifePanel, covariates: Sequence[str] = COVARIATES
) -> pd.DataFrame:
    """Least squares with heteroskedasticity-robust standard errors.

    Parameters
    ----------
    panel : HalfLifePanel
        Of one or several imputations.
    covariates : sequence of str
        Columns of the panel that enter beside event types by tenors.

    Returns
    -------
    DataFrame
        One row a term, an intercept first: ``term``, ``estimate`` (days per unit of the
        covariate), ``standard_error``, ``t``, ``p``, ``nobs``, ``r2``, ``num_terms``
        and ``rank`` of the regressors; the last four are averages over imputations,
        and a term that some imputation lacks has no row. With a rank below the number
        of terms, terms are exact combinations of each other: the estimates are then
        the smallest of infinitely many that fit alike, and say nothing each. A
        covariate that is constant or missing throughout is no reason for an error: the
        former shares the intercept's place, the latter is left out.

    Raises
    ------
    DataError
        No complete resolved row in an imputation, or all of one half-life.

    Notes
    -----
    Rubin's rules: Rubin (1987), equations (3.1.2) to (3.1.6); t-values have the normal
    distribution that ``cov_type="HC1"`` refers them to where there is one imputation.
    """
    tables = [
        _regression(rows, covariates, panel.source)
        for _, rows in panel.frame.groupby("imputation")
    ]
    return tables[0] if len(tables) == 1 else _joined(tables)


def _regression(
    frame: pd.DataFrame, covariates: Sequence[str], source: str
) -> pd.DataFrame:
    """Least squares in one imputation."""
    resolved = frame[(frame["set_aside"] == "") & ~frame["is_censored"]]
    known = [name for name in covariates if resolved[name].notna().any()]
    complete = resolved.dropna(subset=known)
    if complete.empty:
        raise DataError(
            f"{source}: no resolved event has every covariate",
            "give events that halved within the horizon, with their covariates.",
        )
    if is_constant(complete["half_life_days"]):
        raise DataError(
            f"{source}: all half-lives of resolved events are equal",
            "give events of which some took longer than others.",
        )
    formula = "half_life_days ~ " + " + ".join([*known, EVENT_TYPES_BY_TENORS])
    with warnings.catch_warnings():
        # Rank, said in the result, and few events are what these warn of.
        warnings.simplefilter("ignore")
        fit = smf.ols(formula, data=complete).fit(cov_type=COVARIANCE)
        columns = {
            "estimate": fit.params,
            "standard_error": fit.bse,
            "t": fit.tvalues,
            "p": fit.pvalues,
        }
    table = pd.DataFrame(columns).rename_axis("term").reset_index()
    return table.assign(
        nobs=int(fit.nobs),
        r2=float(fit.rsquared),
        num_terms=len(table),
        rank=int(np.linalg.matrix_rank(fit.model.exog)),
    )


def _joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Join the regressions of several imputations by Rubin's rules."""
    num = len(tables)
    stacked = pd.concat(tables).groupby("term", sort=False)
    count = stacked.size()
    within = stacked["standard_error"].agg(lambda errors: (errors**2).mean())
    added = (1 + 1 / num) * stacked["estimate"].var(ddof=1)
    error = np.sqrt(within + added)
    t: pd.Series = stacked["estimate"].mean() / error
    degrees = (num - 1) * (1 + within / added) ** 2
    table = pd.DataFrame(
        {
            "estimate": stacked["estimate"].mean(),
            "standard_error": error,
            "t": t,
            "p": 2 * student_t.sf(np.abs(t), degrees),
        }
    )
    about = stacked[["nobs", "r2", "num_terms", "rank"]].mean()
    joined = table.join(about.astype({"nobs": int, "num_terms": int, "rank": int}))
    return joined[count == num].reset_index()
