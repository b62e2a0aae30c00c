"""Share of dislocations still open: Kaplan-Meier estimates over imputed half-lives.

Where the half-life of an event is known only through draws of the deviation, each set
of draws gives one Kaplan-Meier curve. Curves are averaged, and their variances joined,
on the complementary log-log scale (Rubin 1987, chapter 3; Marshall, Altman, Holder and
Royston 2009, doi 10.1186/1471-2288-9-57).
"""

import numpy as np
import pandas as pd
from statsmodels.duration.survfunc import SurvfuncRight

from data.arrays import FloatArray

NORMAL_975 = 1.959964


def kaplan_meier(
    days: FloatArray, is_resolved: FloatArray, horizon_days: int
) -> tuple[FloatArray, FloatArray]:
    """Kaplan-Meier estimate at every whole day up to the horizon.

    Parameters
    ----------
    days : (event,) float
        Half-life, or days observed where it was not reached.
    is_resolved : (event,) bool
        False: right-censored, still open at the end of its last day.
    horizon_days : int

    Returns
    -------
    survival, standard_error : (horizon_days + 1,) float
        Share of events whose deviation has not halved by the end of day 0, 1, ...
        (1 with error 0 on day 0), with Greenwood's standard error; NaN on days on which
        no event was watched any more.
    """
    estimate = SurvfuncRight(days, np.asarray(is_resolved, dtype=int))
    day = np.arange(horizon_days + 1)
    known = np.concatenate([[0.0], estimate.surv_times])
    last = np.searchsorted(known, day, side="right") - 1
    survival = np.concatenate([[1.0], estimate.surv_prob])[last]
    error = np.concatenate([[0.0], estimate.surv_prob_se])[last]
    unobserved = (day > np.max(days)) & (survival > 0)
    return (
        np.where(unobserved, np.nan, survival),
        np.where(unobserved, np.nan, error),
    )


def pooled_kaplan_meier(events: pd.DataFrame, horizon_days: int) -> pd.DataFrame:
    """Kaplan-Meier estimate over all imputations, with a 95% confidence interval.

    Parameters
    ----------
    events : DataFrame
        Columns days (float), is_censored (bool), imputation (int): one row an event
        and imputation.
    horizon_days : int

    Returns
    -------
    DataFrame
        Columns day, survival, lower_95, upper_95, num_events (mean over imputations).
        The interval is that of the complementary log-log scale; it is missing where
        the estimate is 0 or 1.
    """
    curves = [
        kaplan_meier(
            rows["days"].to_numpy(float), ~rows["is_censored"].to_numpy(), horizon_days
        )
        for _, rows in events.groupby("imputation")
    ]
    survival = np.array([curve[0] for curve in curves])
    error = np.array([curve[1] for curve in curves])
    lower, upper = _interval(survival, error)
    return pd.DataFrame(
        {
            "day": np.arange(horizon_days + 1),
            "survival": survival.mean(axis=0),
            "lower_95": lower,
            "upper_95": upper,
            "num_events": len(events) / len(curves),
        }
    )


def _interval(survival: FloatArray, error: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Join the intervals of (imputation, day) curves by Rubin's rules."""
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.log(-np.log(survival))
        within = (error / (survival * np.log(survival))) ** 2
    usable = np.isfinite(score).all(axis=0)
    score = np.where(usable, score, 0.0)
    num = len(score)
    between = score.var(axis=0, ddof=1) if num > 1 else np.zeros(score.shape[1])
    total = np.where(usable, within.mean(axis=0), 0.0) + (1 + 1 / num) * between
    half = NORMAL_975 * np.sqrt(total)
    centre = score.mean(axis=0)
    lower, upper = np.exp(-np.exp(centre + half)), np.exp(-np.exp(centre - half))
    return np.where(usable, lower, np.nan), np.where(usable, upper, np.nan)


def replicated_survival(
    days: FloatArray, days_watched: FloatArray, horizon_days: int
) -> FloatArray:
    """Kaplan-Meier estimate of many replicated data sets at once.

    Parameters
    ----------
    days : (sample, event) int
        Replicated half-lives; longer than `days_watched` where not reached.
    days_watched : (event,) int
        Days after which an event was no longer observed.
    horizon_days : int

    Returns
    -------
    (sample, horizon_days + 1) float
        Share of events still open at the end of day 0, 1, ...; NaN on days on which
        none was watched any more.
    """
    day = np.arange(1, horizon_days + 1)[:, None, None]
    at_risk = ((days >= day) & (days_watched >= day)).sum(axis=-1)
    halved = ((days == day) & (days_watched >= day)).sum(axis=-1)
    hazard = halved / np.maximum(at_risk, 1)
    survival = np.cumprod(1 - hazard, axis=0)
    survival = np.where((at_risk == 0) & (survival > 0), np.nan, survival).T
    return np.concatenate([np.ones((len(survival), 1)), survival], axis=1)
