"""Which baseline predicts better, and what uncertain half-lives change."""

import warnings
from collections.abc import Sequence
from typing import Any

import arviz as az
import numpy as np
import pandas as pd

from analysis.estimates import summarise_draws
from analysis.fits import Fit
from analysis.half_life_description import covariate_name
from analysis.tables import NOT_AVAILABLE, Table, interval, number, numbers
from analysis.tables_comparison import (
    PARETO_K_LIMIT,
    by_panel,
    combined_warning,
)
from inference.imputation import MISSING_INFORMATION
from models.half_life_specification import LINEAR

NUM_SE = 2
"""Standard errors within which two scores are not told apart."""


def is_imputed(fit: Fit) -> bool:
    """Whether a fit pools posteriors over several draws of the half-lives."""
    return fit.has("imputation")


def comparable_fits(fits: Sequence[Fit]) -> list[list[Fit]]:
    """Duration models of one panel with scores by outcome, two or more a group.

    The linear variant sees other data, the resolved outcomes only; a fit over
    imputations has no single set of half-lives to leave one out of.
    """
    scored = [fit for fit in fits if fit.variant != LINEAR and not is_imputed(fit)]
    return [group for group in by_panel(scored) if len(group) > 1]


def compare_leave_one_out(fits: Sequence[Fit]) -> pd.DataFrame:
    """Leave-one-out scores of duration models of the same outcomes.

    Parameters
    ----------
    fits : sequence of Fit
        One group of :func:`comparable_fits`.

    Returns
    -------
    DataFrame
        Columns fit, variant, num_outcomes, elpd, standard_error,
        effective_parameters, difference_to_best, difference_se, worst_pareto_k,
        num_high_pareto_k (above 0.7), diagnostics; best first.

    Notes
    -----
    Pareto-smoothed importance sampling: Vehtari, Gelman and Gabry (2017,
    doi 10.1007/s11222-016-9696-4), equations (10) and (24).
    """
    scores = {fit.name: _leave_one_out(fit) for fit in fits}
    pointwise = {name: loo.elpd_i.to_numpy().ravel() for name, loo in scores.items()}
    best = max(fits, key=lambda fit: float(scores[fit.name].elpd)).name
    rows = []
    for fit in fits:
        loo = scores[fit.name]
        difference = pointwise[fit.name] - pointwise[best]
        pareto_k = loo.pareto_k.to_numpy()
        rows.append(
            {
                "fit": fit.name,
                "variant": fit.variant,
                "num_outcomes": difference.size,
                "elpd": float(loo.elpd),
                "standard_error": float(loo.se),
                "effective_parameters": float(loo.p),
                "difference_to_best": difference.sum(),
                "difference_se": np.sqrt(difference.size) * difference.std(ddof=1),
                "worst_pareto_k": float(np.max(pareto_k)),
                "num_high_pareto_k": int((pareto_k > PARETO_K_LIMIT).sum()),
                "diagnostics": fit.verdict,
            }
        )
    frame = pd.DataFrame(rows)
    return frame.sort_values("elpd", ascending=False, ignore_index=True)


def _leave_one_out(fit: Fit) -> Any:
    with warnings.catch_warnings():
        # High Pareto k are counted in the table, and said in the findings.
        warnings.filterwarnings("ignore", "Estimated shape parameter", UserWarning)
        return az.loo(fit.tree, pointwise=True)


def table_leave_one_out(fits: Sequence[Fit]) -> Table:
    """Proportional hazard against discrete Weibull by leave-one-out scores.

    Parameters
    ----------
    fits : sequence of Fit
        One group of :func:`comparable_fits`.

    Returns
    -------
    Table
    """
    frame = compare_leave_one_out(fits)
    is_best = frame["difference_to_best"] == 0
    display = pd.DataFrame(
        {
            "Fit": frame["fit"],
            "Variant": frame["variant"],
            "Outcomes": frame["num_outcomes"].map("{:,}".format),
            "Log score": numbers(frame["elpd"], 1),
            "SE": numbers(frame["standard_error"], 1),
            "Effective parameters": numbers(frame["effective_parameters"], 1),
            "Difference": numbers(frame["difference_to_best"], 1),
            "SE of difference": numbers(frame["difference_se"], 1).mask(is_best, ""),
            "Worst Pareto k": numbers(frame["worst_pareto_k"], 2),
            f"k above {PARETO_K_LIMIT}": frame["num_high_pareto_k"].astype(str),
        }
    )
    caption = (
        "Log score of each outcome given all others (PSIS leave-one-out), summed; "
        f"higher is better. A difference within {NUM_SE} standard errors of zero tells "
        f"nothing. Outcomes with a Pareto k above {PARETO_K_LIMIT} are scored "
        "unreliably. Outcomes of one date share a shock, so a score is that of a new "
        "outcome on a date that others inform."
    )
    return Table("table_leave_one_out", caption, frame, display, combined_warning(fits))


def propagation_estimates(imputed: Fit, plug_in: Fit | None) -> pd.DataFrame:
    """Coefficients with the uncertainty of the half-lives beside those without.

    Parameters
    ----------
    imputed : Fit
        Over several imputations.
    plug_in : Fit, optional
        Of the same variant, on half-lives taken as known.

    Returns
    -------
    DataFrame
        Columns covariate, mean, sd, lower_95, upper_95 (propagated), the same with
        prefix plug_in_ (missing without such a fit or covariate), sd_ratio
        (propagated over plugged in) and missing_information_pct: share of the variance
        that the half-lives being uncertain makes.
    """
    columns = ["mean", "sd", "lower_95", "upper_95"]
    frame = summarise_draws(imputed.posterior["coefficient"]).to_dataframe()[columns]
    other = frame * np.nan
    if plug_in is not None:
        known = summarise_draws(plug_in.posterior["coefficient"]).to_dataframe()
        other = known[columns].reindex(frame.index)
    missing = imputed.group("imputation")["coefficient"].sel(
        statistic=MISSING_INFORMATION
    )
    frame = frame.join(other.add_prefix("plug_in_")).assign(
        sd_ratio=frame["sd"] / other["sd"],
        missing_information_pct=100 * missing.to_series(),
        diagnostics=imputed.verdict,
    )
    return frame.reset_index()


def table_propagation(imputed: Fit, plug_in: Fit | None) -> Table:
    """What carrying the uncertainty of the decomposition into the regression changes.

    Parameters
    ----------
    imputed : Fit
        Over several imputations.
    plug_in : Fit, optional
        Of the same variant, on half-lives of the estimated deviation.

    Returns
    -------
    Table
    """
    frame = propagation_estimates(imputed, plug_in)
    plugged = frame["plug_in_mean"].notna()
    display = pd.DataFrame(
        {
            "Covariate": frame["covariate"].map(covariate_name),
            "Propagated": numbers(frame["mean"], 2)
            + " "
            + interval(frame["lower_95"], frame["upper_95"], 2),
            "Plugged in": (
                numbers(frame["plug_in_mean"], 2)
                + " "
                + interval(frame["plug_in_lower_95"], frame["plug_in_upper_95"], 2)
            ).where(plugged, NOT_AVAILABLE),
            "Ratio of sds": numbers(frame["sd_ratio"], 2),
            "Due to the half-lives (%)": numbers(frame["missing_information_pct"], 0),
        }
    )
    number_of = len(np.unique(imputed.posterior["imputation"].to_numpy()))
    beside = "no fit on the estimated deviation was given"
    if plug_in is not None:
        beside = f"plugged in: {plug_in.name}, which takes the estimated ones as known"
    caption = (
        "Log hazard ratio of one standard deviation of each covariate, mean and 95% "
        f"interval. Propagated: {imputed.name}, pooled over {number_of} draws of the "
        f"deviation and so of every half-life; {beside}. Due to the half-lives: share "
        "of the posterior variance that is there because half-lives are only known up "
        "to the decomposition."
    )
    return Table(
        "table_propagation", caption, frame, display, imputed.warning, imputed.name
    )


def plug_in_counterpart(imputed: Fit, fits: Sequence[Fit]) -> Fit | None:
    """First fit of the same variant that takes half-lives as known; None if none."""
    same = [f for f in fits if f.variant == imputed.variant and not is_imputed(f)]
    return same[0] if same else None


def score_sentence(rows: pd.DataFrame) -> str:
    """Which baseline predicts better, if any; how far the scores can be trusted."""
    best, second = rows.iloc[0], rows.iloc[1]
    apart = abs(second["difference_to_best"]) > NUM_SE * second["difference_se"]
    words = (
        f"predicts better than {second['fit']} by "
        f"{number(-second['difference_to_best'], 1)} log units"
        if apart
        else f"cannot be told apart from {second['fit']}"
    )
    high = int(rows["num_high_pareto_k"].max())
    trust = (
        f"; {high} of {best['num_outcomes']:,} outcomes have a Pareto k above "
        f"{PARETO_K_LIMIT}, so the scores are rough"
        if high
        else ""
    )
    return f"Left out one at a time, outcomes say: {best['fit']} {words}{trust}."
