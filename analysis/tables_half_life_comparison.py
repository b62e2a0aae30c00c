"""Which baseline predicts better, and what uncertain half-lives change."""

import warnings
from collections.abc import Sequence
from typing import Any

import arviz as az
import numpy as np
import pandas as pd
import xarray as xr

from analysis.estimates import stacked, summarise_draws
from analysis.fits import Fit
from analysis.half_life_description import covariate_name
from analysis.half_life_effects import (
    average_survival,
    has_covariates,
    imputation_of_draws,
    inputs_of,
    restricted_mean_days,
)
from analysis.hedging_regression import FloatArray
from analysis.tables import NOT_AVAILABLE, Table, interval, number, numbers
from analysis.tables_comparison import (
    PARETO_K_LIMIT,
    combined_warning,
)
from models.half_life_specification import LINEAR

MAX_DRAWS = 4000
"""A mean over one of twenty imputations is then off by 7% of its standard deviation."""

MINIMUM_SHARED = 0.5
"""Share of all outcomes that two fits must have in common to be set side by side."""

SPREADS = {
    "event_tenor_sd": "sd of event effects",
    "date_sd": "sd of date effects",
    "event_tenor_sd_days": "sd of event effects (days)",
    "noise_sd_days": "sd around the regression (days)",
}

NUM_SE = 2
"""Standard errors within which two scores are not told apart."""


def is_imputed(fit: Fit) -> bool:
    """Whether a fit pools posteriors over several draws of the half-lives."""
    return fit.has("imputation")


def comparable_fits(fits: Sequence[Fit]) -> list[list[Fit]]:
    """Duration models of the same outcomes with scores of each, two or more a group.

    The linear variant sees other data, the resolved outcomes only; a fit over
    imputations has no single set of half-lives to leave one out of; and covariates
    that some events lack leave fewer outcomes of the same panel.
    """
    scored = [fit for fit in fits if fit.variant != LINEAR and not is_imputed(fit)]
    groups: dict[tuple[str, ...], list[Fit]] = {}
    for fit in scored:
        outcomes = fit.group("log_likelihood")["outcome"].to_numpy()
        groups.setdefault((fit.panel_hash, *outcomes), []).append(fit)
    return [group for group in groups.values() if len(group) > 1]


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
        # Log densities of many outcomes are those of some of the draws.
        likelihood = fit.group("log_likelihood")
        posterior = fit.posterior.sel(draw=likelihood["draw"])
        groups = {"posterior": posterior, "log_likelihood": likelihood}
        return az.loo(xr.DataTree.from_dict(groups), pointwise=True)


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


def _quantities(fit: Fit) -> dict[str, xr.DataArray]:
    """Draws (sample,) of what the propagation table compares, by its words."""
    found = {}
    if fit.variant != LINEAR:
        share = average_survival(fit, inputs_of(fit), MAX_DRAWS)
        found = {
            "expected half-life (days)": restricted_mean_days(share),
            "open at the horizon (%)": 100 * share.isel(day=-1, drop=True),
        }
    for name, words in SPREADS.items():
        if name in fit.posterior:
            found[words] = stacked(fit.posterior[name])
    if has_covariates(fit):
        for name in map(str, fit.posterior["covariate"].to_numpy()):
            found[covariate_name(name)] = stacked(
                fit.posterior["coefficient"].sel(covariate=name, drop=True)
            )
    return found


def missing_information_pct(draws: FloatArray, imputation: FloatArray) -> float:
    """Share of the variance of pooled draws that uncertain data make, per cent.

    Parameters
    ----------
    draws : (sample,) float
    imputation : (sample,) int
        Whose data each draw was made from.

    Returns
    -------
    float
        (1 + 1/M) B over itself plus W, for M imputations with mean variance W within
        and variance B of their means: Rubin (1987), equation (3.1.10), with the Monte
        Carlo variance of the means, W over the draws of each, taken off B.
    """
    groups = pd.Series(draws).groupby(imputation)
    within = groups.var(ddof=1).mean()
    num = groups.ngroups
    noise = within / groups.size().mean()
    between = max(groups.mean().var(ddof=1) - noise, 0.0)
    added = (1 + 1 / num) * between
    return float(100 * added / (within + added))


def propagation_estimates(imputed: Fit, plug_in: Fit | None) -> pd.DataFrame:
    """Quantities with the uncertainty of the half-lives beside those without.

    Parameters
    ----------
    imputed : Fit
        Over several imputations.
    plug_in : Fit, optional
        Of the same variant, on half-lives taken as known.

    Returns
    -------
    DataFrame
        Columns quantity, mean, sd, lower_95, upper_95 (propagated), the same with
        prefix plug_in_ (missing without such a fit or quantity), sd_ratio (propagated
        over plugged in) and missing_information_pct: share of the variance that the
        half-lives being uncertain makes.
    """
    propagated = _quantities(imputed)
    known = _quantities(plug_in) if plug_in is not None else {}
    columns = ["mean", "sd", "lower_95", "upper_95"]
    rows = []
    for words, draws in propagated.items():
        row: dict[str, object] = {"quantity": words}
        for prefix, values in (("", draws), ("plug_in_", known.get(words))):
            summary = None if values is None else summarise_draws(values)
            row |= {
                f"{prefix}{name}": np.nan if summary is None else float(summary[name])
                for name in columns
            }
        labels = imputation_of_draws(imputed, draws.sizes["sample"])
        row["missing_information_pct"] = missing_information_pct(
            draws.to_numpy(), labels
        )
        rows.append(row)
    frame = pd.DataFrame(rows)
    return frame.assign(
        sd_ratio=frame["sd"] / frame["plug_in_sd"], diagnostics=imputed.verdict
    )


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
    known = _estimate_text(frame, "plug_in_")
    display = pd.DataFrame(
        {
            "Quantity": frame["quantity"],
            "Propagated": _estimate_text(frame, ""),
            "Plugged in": known.where(frame["plug_in_mean"].notna(), NOT_AVAILABLE),
            "Ratio of sds": numbers(frame["sd_ratio"], 2),
            "Due to the half-lives (%)": numbers(frame["missing_information_pct"], 0),
        }
    )
    number_of = len(np.unique(imputed.posterior["imputation"].to_numpy()))
    beside = "no fit on the estimated deviation was given"
    if plug_in is not None:
        beside = f"plugged in: {plug_in.name}, which takes the estimated ones as known"
    caption = (
        "Mean and 95% interval of expected half-life and share open at mean "
        "covariates, spreads of effects, and the log hazard ratio of one standard "
        f"deviation of each covariate. Propagated: {imputed.name}, pooled over "
        f"{number_of} draws of the deviation and so of every half-life; {beside}. Due "
        "to the half-lives: share of the posterior variance that is there because "
        "half-lives are known only up to the decomposition."
    )
    return Table(
        "table_propagation", caption, frame, display, imputed.warning, imputed.name
    )


def _estimate_text(frame: pd.DataFrame, prefix: str) -> pd.Series:
    bounds = interval(frame[f"{prefix}lower_95"], frame[f"{prefix}upper_95"], 2)
    return numbers(frame[f"{prefix}mean"], 2) + " " + bounds


def plug_in_counterpart(imputed: Fit, fits: Sequence[Fit]) -> Fit | None:
    """Fit of the same variant that takes most of the same half-lives as known.

    Parameters
    ----------
    imputed : Fit
        Over several imputations.
    fits : sequence of Fit

    Returns
    -------
    Fit or None
        None without one of the same variant on at least half of the outcomes of both.
    """
    outcomes = set(inputs_of(imputed).outcomes.index)

    def shared(fit: Fit) -> float:
        others = set(inputs_of(fit).outcomes.index)
        return len(outcomes & others) / len(outcomes | others)

    same = [f for f in fits if f.variant == imputed.variant and not is_imputed(f)]
    best = max(same, key=shared, default=None)
    return best if best is not None and shared(best) >= MINIMUM_SHARED else None


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
