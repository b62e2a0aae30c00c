"""Coverage: is the share of intervals that hold the truth consistent with 95%."""

import pandas as pd
from scipy.stats import binomtest
from statsmodels.stats.multitest import multipletests

NOMINAL_COVERAGE = 0.95

FAMILYWISE_ERROR = 0.05
"""Chance that a table of well-covered groups calls any of them inconsistent."""

ALL = "all"
"""Pools the variants, or the parameters."""

COLUMNS = [
    "variant",
    "group",
    "intervals",
    "covered",
    "share_covered",
    "lower_95",
    "upper_95",
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
        Results of `studies.recovery.recovery`, of one or several variants.

    Returns
    -------
    DataFrame
        One row a variant and group, with pooled rows named ``all``: ``intervals``,
        ``covered``, ``share_covered`` with its Wilson interval ``lower_95``,
        ``upper_95``; ``p_value`` of a share of 95% (exact binomial, two-sided),
        ``p_value_holm`` over the rows of this table, ``is_consistent`` (the latter not
        below 5%); ``mean_error_sd`` (posterior mean less truth, in posterior standard
        deviations, averaged: 0 without bias), ``max_r_hat``, ``min_ess_bulk``,
        ``min_ess_tail``, ``divergent_fits``.

    Notes
    -----
    Each persistence is a group of its own: theirs are the truths in the prior's tail.
    Intervals of one replication share its data, so the binomial error of a group of
    several elements is an approximation.
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
    covered, intervals = int(rows["is_covered"].sum()), len(rows)
    test = binomtest(covered, intervals, NOMINAL_COVERAGE)
    wilson = test.proportion_ci(method="wilson")
    return {
        "intervals": intervals,
        "covered": covered,
        "share_covered": covered / intervals,
        "lower_95": wilson.low,
        "upper_95": wilson.high,
        "p_value": test.pvalue,
        "mean_error_sd": float(((rows["mean"] - rows["truth"]) / rows["sd"]).mean()),
        "max_r_hat": rows["r_hat"].max(),
        "min_ess_bulk": rows["ess_bulk"].min(),
        "min_ess_tail": rows["ess_tail"].min(),
        "divergent_fits": rows.loc[rows["divergences"] > 0, "seed"].nunique(),
    }
