"""Which baseline predicts better, and what uncertain half-lives change."""

import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import arviz as az
import numpy as np
import pandas as pd
import xarray as xr

from analysis.estimates import stacked, summary_of_one
from analysis.every_model.tables_comparison import PARETO_K_LIMIT
from analysis.fit import Fit
from analysis.half_life.description import covariate_name
from analysis.half_life.effects import (
    average_survival,
    has_covariates,
    imputation_of_draws,
    inputs_of,
    restricted_mean_days,
)
from analysis.page.columns import Column, counted, rounded, words
from analysis.page.exhibit import Exhibit
from analysis.page.table import NOT_AVAILABLE, interval, number, numbers
from data.arrays import FloatArray
from inference.checks.standard_errors import standard_error_of_event_sum
from models.half_life.specification import LINEAR

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
    doi 10.1007/s11222-016-9696-4), equation (10). Outcomes watched over the same days
    are not independent: standard errors are those of
    :func:`inference.checks.standard_errors.standard_error_of_event_sum`.
    """
    scores = {fit.name: _leave_one_out(fit) for fit in fits}
    pointwise = {name: loo.elpd_i.to_numpy().ravel() for name, loo in scores.items()}
    best = max(fits, key=lambda fit: float(scores[fit.name].elpd)).name
    rows = []
    for fit in fits:
        loo = scores[fit.name]
        score = pointwise[fit.name]
        difference = score - pointwise[best]
        pareto_k = loo.pareto_k.to_numpy()
        rows.append(
            {
                "fit": fit.name,
                "variant": fit.variant,
                "num_outcomes": difference.size,
                "elpd": float(loo.elpd),
                "standard_error": _standard_error(fit, score),
                "effective_parameters": float(loo.p),
                "difference_to_best": difference.sum(),
                "difference_se": _standard_error(fit, difference),
                "worst_pareto_k": float(np.max(pareto_k)),
                "num_high_pareto_k": int((pareto_k > PARETO_K_LIMIT).sum()),
                "diagnostics": fit.verdict,
            }
        )
    frame = pd.DataFrame(rows)
    return frame.sort_values("elpd", ascending=False, ignore_index=True)


def _standard_error(fit: Fit, terms: FloatArray) -> float:
    """Of the sum of one term an outcome, whose windows overlap."""
    inputs = inputs_of(fit)
    starts = inputs.outcomes.loc[
        fit.group("log_likelihood")["outcome"].to_numpy(), "event_date"
    ]
    return standard_error_of_event_sum(
        terms, pd.DatetimeIndex(starts), inputs.horizon_days
    )


def _leave_one_out(fit: Fit) -> Any:
    with warnings.catch_warnings():
        # High Pareto k are counted in the table, and said in the findings.
        warnings.filterwarnings("ignore", "Estimated shape parameter", UserWarning)
        # Log densities of many outcomes are those of some of the draws.
        likelihood = fit.group("log_likelihood")
        posterior = fit.posterior.sel(draw=likelihood["draw"])
        groups = {"posterior": posterior, "log_likelihood": likelihood}
        return az.loo(xr.DataTree.from_dict(groups), pointwise=True)


def _error_of_others(frame: pd.DataFrame) -> pd.Series:
    is_best = frame["difference_to_best"] == 0
    return numbers(frame["difference_se"], 1).mask(is_best, "")


def score_sentences(fits: Sequence[Fit], rows: pd.DataFrame) -> Iterable[str]:
    """Which baseline predicts better, if any; how far the scores can be trusted.

    Of fits with sound draws only: of models that do not fit, one may still predict
    better.
    """
    sound = [fit for fit in fits if fit.judgement.has_sound_draws]
    if len(sound) < 2:
        return
    if len(sound) < len(fits):
        rows = compare_leave_one_out(sound)
    best, second = rows.iloc[0], rows.iloc[1]
    apart = abs(second["difference_to_best"]) > NUM_SE * second["difference_se"]
    verdict = (
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
    yield f"Left out one at a time, outcomes say: {best['fit']} {verdict}{trust}."


LEAVE_ONE_OUT = Exhibit(
    name="table_leave_one_out",
    caption="Log score of each outcome given all others (PSIS leave-one-out), summed; "
    f"higher is better. A difference within {NUM_SE} standard errors of zero tells "
    "nothing; the errors allow for windows that overlap (Newey and West, by date). "
    f"Outcomes with a Pareto k above {PARETO_K_LIMIT} are scored unreliably. Outcomes "
    "of one date share a shock, so a score is that of a new outcome on a date that "
    "others inform.",
    frame=compare_leave_one_out,
    sentences=score_sentences,
    columns=(
        words("Fit", "fit"),
        words("Variant", "variant"),
        counted("Outcomes", "num_outcomes"),
        rounded("Log score", "elpd", 1),
        rounded("SE", "standard_error", 1),
        rounded("Effective parameters", "effective_parameters", 1),
        rounded("Difference", "difference_to_best", 1),
        Column("SE of difference", _error_of_others),
        rounded("Worst Pareto k", "worst_pareto_k", 2),
        words(f"k above {PARETO_K_LIMIT}", "num_high_pareto_k"),
    ),
)


def _quantities(fit: Fit) -> dict[str, xr.DataArray]:
    """Draws (sample,) of what the propagation table compares, by its words."""
    found = {}
    if fit.variant != LINEAR:
        share = average_survival(fit, inputs_of(fit), MAX_DRAWS)
        found = {
            "expected half-life (days)": restricted_mean_days(share),
            "open at the horizon (%)": 100 * share.isel(day=-1, drop=True),
        }
    for name, label in SPREADS.items():
        if name in fit.posterior:
            found[label] = stacked(fit.posterior[name])
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


class ImputedAndPlugIn(NamedTuple):
    """Two fits of one variant.

    Attributes
    ----------
    imputed : Fit
        Over several imputations.
    plug_in : Fit, optional
        On half-lives of the estimated deviation, taken as known.
    """

    imputed: Fit
    plug_in: Fit | None


def propagation_estimates(fits: ImputedAndPlugIn) -> pd.DataFrame:
    """Quantities with the uncertainty of the half-lives beside those without.

    Returns
    -------
    DataFrame
        Columns quantity, mean, sd, lower_95, upper_95 (propagated), the same with
        prefix plug_in_ (missing without such a fit or quantity), sd_ratio (propagated
        over plugged in) and missing_information_pct: share of the variance that the
        half-lives being uncertain makes.
    """
    imputed, plug_in = fits
    propagated = _quantities(imputed)
    known = _quantities(plug_in) if plug_in is not None else {}
    columns = ["mean", "sd", "lower_95", "upper_95"]
    rows = []
    for label, draws in propagated.items():
        row: dict[str, object] = {"quantity": label}
        for prefix, values in (("", draws), ("plug_in_", known.get(label))):
            summary = {} if values is None else summary_of_one(values)
            row |= {f"{prefix}{name}": summary.get(name, np.nan) for name in columns}
        labels = imputation_of_draws(imputed, draws.sizes["sample"])
        row["missing_information_pct"] = missing_information_pct(
            draws.to_numpy(), labels
        )
        rows.append(row)
    frame = pd.DataFrame(rows)
    return frame.assign(
        sd_ratio=frame["sd"] / frame["plug_in_sd"], diagnostics=imputed.verdict
    )


def _estimate_text(prefix: str) -> Callable[[pd.DataFrame], pd.Series]:
    def text(frame: pd.DataFrame) -> pd.Series:
        low, high = (frame[f"{prefix}{end}"] for end in ("lower_95", "upper_95"))
        mean = frame[f"{prefix}mean"]
        cells = numbers(mean, 2) + " " + interval(low, high, 2)
        return cells.where(mean.notna(), NOT_AVAILABLE)

    return text


def _propagation_caption(fits: ImputedAndPlugIn, _: pd.DataFrame) -> str:
    number_of = len(np.unique(fits.imputed.posterior["imputation"].to_numpy()))
    beside = "no fit on the estimated deviation was given"
    if fits.plug_in is not None:
        name = fits.plug_in.name
        beside = f"plugged in: {name}, which takes the estimated ones as known"
    return (
        "Mean and 95% interval of expected half-life and share open at mean "
        "covariates, spreads of effects, and the log hazard ratio of one standard "
        f"deviation of each covariate. Propagated: {fits.imputed.name}, pooled over "
        f"{number_of} draws of the deviation and so of every half-life; {beside}. Due "
        "to the half-lives: share of the posterior variance that is there because "
        "half-lives are known only up to the decomposition."
    )


PROPAGATION = Exhibit(
    name="table_propagation",
    caption=_propagation_caption,
    frame=propagation_estimates,
    columns=(
        words("Quantity", "quantity"),
        words("Propagated", _estimate_text("")),
        words("Plugged in", _estimate_text("plug_in_")),
        rounded("Ratio of sds", "sd_ratio", 2),
        rounded("Due to the half-lives (%)", "missing_information_pct", 0),
    ),
)
"""What carrying the uncertainty of the decomposition into the regression changes."""


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
