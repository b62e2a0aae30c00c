"""Ranking of liquidity-regimes specifications where it is known which one is true."""

import time
from typing import NamedTuple

import pandas as pd
import xarray as xr

from data.dims import DAY
from data.liquidity_regimes.panel import LiquidityPanel
from inference.checks.standard_errors import standard_error_of_sum
from inference.checks.verdict import check
from inference.families import checks_of, score
from inference.fitting import fit
from inference.liquidity_regimes.prepare import prepare_liquidity_regimes
from inference.settings import SamplerSettings
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from studies.compiled_model import search_columns

TRUE_COVARIATES = "IV"
"""The panel is simulated at Table 3, Model IV: three states, driven by depth."""

SPECIFICATIONS = {
    specification.name: specification
    for specification in (
        LiquidityRegimesSpecification(),
        LiquidityRegimesSpecification(covariates="I"),
        LiquidityRegimesSpecification(covariates="II"),
        LiquidityRegimesSpecification(covariates="III"),
        LiquidityRegimesSpecification(transition="constant"),
        LiquidityRegimesSpecification(num_states=2),
        LiquidityRegimesSpecification(num_states=4),
        LiquidityRegimesSpecification(noise="student-t"),
    )
}
"""What is ranked, by name; the true one first."""


class ScoredFit(NamedTuple):
    """A specification's fit with its score.

    Attributes
    ----------
    trace : xr.DataTree
        With group ``leave_future_out``.
    row : dict
        Fit and score in numbers; see `score_specification`.
    """

    trace: xr.DataTree
    row: dict[str, object]


def score_specification(
    panel: LiquidityPanel,
    specification: LiquidityRegimesSpecification,
    settings: SamplerSettings,
) -> ScoredFit:
    """Fit a specification, and score its prediction of each day of the second half.

    Parameters
    ----------
    panel : LiquidityPanel
        Data.
    specification : LiquidityRegimesSpecification
        Variant of the model.
    settings : SamplerSettings
        Of the fit.

    Returns
    -------
    ScoredFit
        The row holds the columns of `diagnostic_columns`, ``fit_s`` and ``score_s``
        (wall time), ``fits_of_the_past`` that the score took, ``past_max_r_hat`` and
        ``past_divergences`` of these, and ``is_reliable``: whether importance sampling
        carried the score and their chains agreed.
    """
    start = time.perf_counter()
    prepared = prepare_liquidity_regimes(panel, specification)
    trace = fit(prepared, settings, progressbar=False)
    fitted = time.perf_counter()
    found = score(trace)
    trace["leave_future_out"] = found
    row = diagnostic_columns(trace) | {
        "fit_s": fitted - start,
        "score_s": time.perf_counter() - fitted,
        "fits_of_the_past": found.attrs["num_fits"],
        "past_max_r_hat": found.attrs["max_r_hat"],
        "past_divergences": found.attrs["num_divergences"],
        "is_reliable": bool(found.attrs["reliable"]),
    }
    return ScoredFit(trace, {"specification": specification.name} | row)


def diagnostic_columns(trace: xr.DataTree) -> dict[str, object]:
    """Diagnostics of a fit in one row.

    Parameters
    ----------
    trace : xr.DataTree
        Result of `inference.fitting.fit`.

    Returns
    -------
    dict
        ``passed`` every check of its draws (that a specification does not fit is what
        its score tells), ``max_r_hat``, ``min_ess_bulk``, ``min_ess_tail`` over the
        parameters, ``divergences``, and of the search for the mode ``num_starts``,
        ``starts_at_mode``, ``data_driven_at_mode``.
    """
    parameters, run, _, verdict = check(trace, checks_of(trace))
    return {
        "passed": verdict.has_sound_draws,
        "max_r_hat": parameters["r_hat"].max(),
        "min_ess_bulk": parameters["ess_bulk"].min(),
        "min_ess_tail": parameters["ess_tail"].min(),
        "divergences": run.divergences,
        **search_columns(trace["starts"].to_dataset()),
    }


def scores_by_day(scored: ScoredFit) -> pd.Series:
    """Log score of each day, nats, by date; named as the specification."""
    scores = scored.trace["leave_future_out"]["elpd"].to_series()
    return scores.rename_axis(DAY).rename(str(scored.row["specification"]))


def rank(fits: pd.DataFrame, by_day: pd.DataFrame) -> pd.DataFrame:
    """Order specifications by their log score.

    Parameters
    ----------
    fits : DataFrame
        One row a specification, with column ``specification``.
    by_day : (day, specification) DataFrame
        Log scores, nats.

    Returns
    -------
    DataFrame
        `fits`, the best first, with ``num_scored`` days, ``log_score`` (sum over days)
        and its ``standard_error``, ``difference_to_best`` and
        ``standard_error_of_difference``, nats.

    Notes
    -----
    Standard errors are Newey and West's: scores of successive days are correlated, and
    so are their differences (`inference.checks.standard_errors.standard_error_of_sum`).
    """
    scores = by_day[fits["specification"]].sort_index()
    best = scores[scores.sum().idxmax()]
    differences = scores.sub(best, axis=0)
    columns = pd.DataFrame(
        {
            "num_scored": len(scores),
            "log_score": scores.sum(),
            "standard_error": _standard_error(scores),
            "difference_to_best": differences.sum(),
            "standard_error_of_difference": _standard_error(differences),
        }
    )
    others = fits.drop(columns=columns.columns, errors="ignore")
    ranked = others.join(columns, on="specification")
    names = ["specification", *columns.columns]
    ranked = ranked[names + [name for name in others if name not in names]]
    return ranked.sort_values("log_score", ascending=False, ignore_index=True)


def _standard_error(terms: pd.DataFrame) -> "pd.Series[float]":
    return terms.apply(lambda column: standard_error_of_sum(column.to_numpy()))
