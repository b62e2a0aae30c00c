"""Coverage: is the share of intervals that hold the truth consistent with 95%.

Intervals of one simulated panel share its data: where one misses, its neighbours are
likely to. They are clusters, and count as fewer intervals than there are.
"""

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

from data.arrays import FloatArray

NOMINAL_COVERAGE = 0.95

FAMILYWISE_ERROR = 0.05
"""Chance that a table of well-covered groups calls any of them inconsistent."""

ALL = "all"
"""Pools the variants, or the parameters."""

COVERED_WORDS = "Share of 95% intervals that cover the truth"

SHOWN_COVERAGE = (
    "variant",
    "group",
    "intervals",
    "share_covered",
    "lower_95",
    "upper_95",
    "is_consistent",
    "max_r_hat",
    "divergent_fits",
)
"""Columns of the summary that are printed."""

COLUMNS = [
    "variant",
    "group",
    "panels",
    "intervals",
    "covered",
    "share_covered",
    "lower_95",
    "upper_95",
    "design_effect",
    "p_value",
    "p_value_holm",
    "is_consistent",
    "mean_error_sd",
    "max_r_hat",
    "min_ess_bulk",
    "min_ess_tail",
    "divergent_fits",
]


def summarize_coverage(rows: pd.DataFrame) -> pd.DataFrame:
    """Share of intervals that cover, by variant and group of parameters.

    Parameters
    ----------
    rows : DataFrame
        Rows of `studies.replications.replication_rows`, of one or several variants.

    Returns
    -------
    DataFrame
        One row a variant and group, with pooled rows named ``all``: ``panels``,
        ``intervals``, ``covered``, ``share_covered`` with its 95% interval
        ``lower_95``, ``upper_95``; ``design_effect``; ``p_value`` of a share of 95%
        (two-sided), ``p_value_holm`` over the rows of this table, ``is_consistent``
        (the latter not below 5%); ``mean_error_sd`` (posterior mean less truth, in
        posterior standard deviations, averaged: 0 without bias), ``max_r_hat``,
        ``min_ess_bulk``, ``min_ess_tail``, ``divergent_fits``.

    Notes
    -----
    Each persistence is a group of its own: theirs are the truths in the prior's tail.

    The interval is Wilson's with the panels as clusters (Korn & Graubard 1998, Survey
    Methodology 24, 193-201; Franco, Little, Louis & Slud 2019, doi
    10.1093/jssam/smy019): the number of intervals is divided by the design effect, the
    variance of the share over panels in that of independent intervals, taken as at
    least one; the normal quantile is Student's with one degree of freedom less than
    there are panels. The p-value is that of the test which the interval inverts.
    """
    persistence = rows["parameter"] == "persistence"
    group = rows["parameter"].mask(
        persistence, rows["parameter"] + " " + rows["element"]
    )
    rows = rows.assign(group=group)
    rows = pd.concat([rows, rows.assign(group=ALL)])
    if len(rows["variant"].unique()) > 1:
        rows = pd.concat([rows, rows.assign(variant=ALL)])
    table = pd.DataFrame(
        {"variant": variant, "group": name} | _coverage(part)
        for (variant, name), part in rows.groupby(["variant", "group"], sort=False)
    )
    rejected, adjusted, _, _ = multipletests(
        table["p_value"], alpha=FAMILYWISE_ERROR, method="holm"
    )
    judged = table.assign(p_value_holm=adjusted, is_consistent=~rejected)
    return judged[COLUMNS]


def _coverage(rows: pd.DataFrame) -> dict[str, float]:
    by_panel = rows.groupby(["variant", "seed"])["is_covered"].agg(["sum", "size"])
    covered, intervals = int(by_panel["sum"].sum()), int(by_panel["size"].sum())
    effect = design_effect(by_panel["sum"].to_numpy(), by_panel["size"].to_numpy())
    freedom = max(len(by_panel) - 1, 1)
    share, number = covered / intervals, intervals / effect
    lower, upper = _wilson(share, number, stats.t.ppf(0.975, freedom))
    distance = share - NOMINAL_COVERAGE
    error = np.sqrt(NOMINAL_COVERAGE * (1 - NOMINAL_COVERAGE) / number)
    return {
        "panels": len(by_panel),
        "intervals": intervals,
        "covered": covered,
        "share_covered": share,
        "lower_95": lower,
        "upper_95": upper,
        "design_effect": effect,
        "p_value": float(2 * stats.t.sf(abs(distance) / error, freedom)),
        "mean_error_sd": float(((rows["mean"] - rows["truth"]) / rows["sd"]).mean()),
        "max_r_hat": rows["r_hat"].max(),
        "min_ess_bulk": rows["ess_bulk"].min(),
        "min_ess_tail": rows["ess_tail"].min(),
        "divergent_fits": rows.loc[rows["divergences"] > 0, "seed"].nunique(),
    }


def design_effect(covered: FloatArray, intervals: FloatArray) -> float:
    """Variance of a share over clusters, in that of as many independent intervals.

    Parameters
    ----------
    covered, intervals : (panel,) float
        Counts of each panel.

    Returns
    -------
    float
        At least one; one where all intervals agree, or there is one panel.
    """
    share = covered.sum() / intervals.sum()
    independent = share * (1 - share) / intervals.sum()
    if independent == 0 or len(covered) < 2:
        return 1.0
    residual = covered - share * intervals
    correction = len(covered) / (len(covered) - 1)
    clustered = correction * (residual**2).sum() / intervals.sum() ** 2
    return float(max(1.0, clustered / independent))


def _wilson(share: float, number: float, quantile: float) -> tuple[float, float]:
    square = quantile**2
    centre = (share + square / (2 * number)) / (1 + square / number)
    spread = np.sqrt(share * (1 - share) / number + square / (4 * number**2))
    half = float(quantile * spread / (1 + square / number))
    return centre - half, centre + half
