"""The half-life notebook's linear regression, as it stands there.

Ordinary least squares of the half-lives that were resolved, every event a row of its
own, standard errors robust to heteroskedasticity: what the duration models are compared
with. Its flaws are its own: what had not halved is left out, and two events of one date
and tenor count their one half-life twice.
"""

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

from data.errors import DataError
from data.half_life_panels import HalfLifePanel

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
        Of one imputation.
    covariates : sequence of str
        Columns of the panel that enter beside event types by tenors.

    Returns
    -------
    DataFrame
        One row a term, an intercept first: ``term``, ``estimate`` (days per unit of the
        covariate), ``standard_error``, ``t``, ``p``, ``nobs``, ``r2``, ``num_terms``
        and ``rank`` of the regressors. With a rank below the number of terms, terms are
        exact combinations of each other: the estimates are then the smallest of
        infinitely many that fit alike, and say nothing each. A covariate that is
        constant or missing throughout is no reason for an error: the former shares the
        intercept's place, the latter is left out.

    Raises
    ------
    DataError
        There are several imputations, or no complete resolved row.
    """
    frame = panel.frame
    if len(frame["imputation"].unique()) > 1:
        raise DataError(
            f"{panel.source}: several imputations, and least squares take one",
            "build the panel from an estimate: --imputations 1.",
        )
    resolved = frame[(frame["set_aside"] == "") & ~frame["is_censored"]]
    known = [name for name in covariates if resolved[name].notna().any()]
    complete = resolved.dropna(subset=known)
    if complete.empty:
        raise DataError(
            f"{panel.source}: no resolved event has every covariate",
            "give events that halved within the horizon, with their covariates.",
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
