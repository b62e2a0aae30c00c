"""Decomposition of the basis by tenor, beside the published point estimates."""

import numpy as np
import pandas as pd
import xarray as xr

from analysis.basis_description import PARAMETER_WORDS
from analysis.estimates import element_estimates, stacked, summarise_draws
from analysis.fits import Fit
from analysis.tables import (
    NOT_AVAILABLE,
    Table,
    interval,
    number,
    numbers,
    without_repeats,
)
from analysis.tables_coefficients import INTERVAL_NOTE

DECIMALS = {"persistence": 3, "half_life_days": 1}
COMPONENTS = ("level", "deviation", "noise")

PUBLISHED_CAVEAT = (
    "Published: maximum-likelihood point estimates without standard errors, as printed "
    "with the half-life notebook."
)


def published_decomposition(fit: Fit) -> pd.DataFrame:
    """Point estimates that were given with the basis, one row each.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    DataFrame
        Columns parameter, tenor, published; empty where the trace holds none.
    """
    if not fit.has("published"):
        empty = pd.DataFrame(columns=["parameter", "tenor", "published"])
        return empty.astype({"parameter": str, "tenor": int, "published": float})
    frame = fit.group("published").to_dataframe().reset_index()
    long = frame.melt("tenor", var_name="parameter", value_name="published")
    return long.dropna(subset="published")


def decomposition_estimates(fit: Fit) -> pd.DataFrame:
    """Parameters of every tenor beside the published point estimates.

    Parameters
    ----------
    fit : Fit
        Of the basis decomposition.

    Returns
    -------
    DataFrame
        Columns parameter, tenor (years), mean, sd, lower_95, upper_95, published,
        published_inside (whether it lies in the interval; missing without a published
        estimate), diagnostics.
    """
    frame = element_estimates(
        fit.posterior, list(PARAMETER_WORDS), lambda at: str(at["tenor"])
    )
    frame = frame.assign(tenor=frame["label"].astype(int))
    frame = frame.merge(
        published_decomposition(fit), on=["parameter", "tenor"], how="left"
    )
    inside = frame["published"].between(frame["lower_95"], frame["upper_95"])
    frame["published_inside"] = inside.where(frame["published"].notna())
    columns = ["parameter", "tenor", "mean", "sd", "lower_95", "upper_95"]
    return frame[[*columns, "published", "published_inside"]].assign(
        diagnostics=fit.verdict
    )


def table_basis_decomposition(fit: Fit) -> Table:
    """Persistence, half-life and standard deviations of each tenor.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Table
    """
    frame = decomposition_estimates(fit)
    inside = frame["published_inside"].map({True: "yes", False: "no"})
    display = pd.DataFrame(
        {
            "Parameter": without_repeats(frame["parameter"].map(PARAMETER_WORDS)),
            "Tenor": frame["tenor"].astype(str) + "y",
            "Mean": _by_parameter(frame, "mean"),
            "SD": _by_parameter(frame, "sd"),
            "95% interval": _intervals(frame),
            "Published": _by_parameter(frame, "published"),
            "Published inside": inside.fillna(NOT_AVAILABLE),
        }
    )
    caption = (
        f"Local level plus AR(1) deviation plus noise, by tenor ({fit.span}). "
        f"{INTERVAL_NOTE} {PUBLISHED_CAVEAT} Published inside: whether the published "
        "estimate lies in the interval."
    )
    return Table(
        "table_basis_decomposition", caption, frame, display, fit.warning, fit.name
    )


def _by_parameter(frame: pd.DataFrame, column: str) -> list[str]:
    pairs = zip(frame[column], frame["parameter"], strict=True)
    return [number(value, DECIMALS.get(name, 2)) for value, name in pairs]


def _intervals(frame: pd.DataFrame) -> list[str]:
    ends = zip(
        _by_parameter(frame, "lower_95"), _by_parameter(frame, "upper_95"), strict=True
    )
    return [f"[{low}, {high}]" for low, high in ends]


def variance_shares(fit: Fit) -> xr.DataArray:
    """Share of each component in the variance of the basis over the sample.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    (component, tenor, sample) DataArray
        Per cent; level, deviation and noise add up to 100 in every draw.

    Notes
    -----
    Variances over days of one draw of each component; the noise is what the basis
    leaves. Components drawn given all data are almost, not exactly, uncorrelated over a
    sample, so their variances are related to their own sum and not to the variance of
    the basis.
    """
    smoothed = fit.group("smoothed").astype(float)
    level, deviation = stacked(smoothed["level_bp"]), stacked(smoothed["deviation_bp"])
    noise = fit.panel["basis_bp"] - level - deviation
    # Days without a quote have no noise to compare with.
    quoted = np.isfinite(fit.panel["basis_bp"])
    parts = xr.concat(
        [part.where(quoted) for part in (level, deviation, noise)],
        dim=pd.Index(COMPONENTS, name="component"),
        coords="minimal",
    )
    variance = parts.var("day", ddof=1)
    return 100 * variance / variance.sum("component")


def table_variance_shares(fit: Fit) -> Table:
    """Variance of the basis by component, beside the published decomposition.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Table
    """
    summary = summarise_draws(variance_shares(fit)).drop_vars("probability_positive")
    frame = summary.to_dataframe().reset_index()
    published = published_decomposition(fit)
    published = published[published["parameter"] == "structural_share_pct"]
    by_tenor = published.set_index("tenor")["published"]
    structural = frame["tenor"].map(by_tenor)
    frame["published_pct"] = structural.where(frame["component"] == "level")
    frame["diagnostics"] = fit.verdict
    display = pd.DataFrame(
        {
            "Component": without_repeats(frame["component"]),
            "Tenor": frame["tenor"].astype(str) + "y",
            "Mean (%)": numbers(frame["mean"], 1),
            "SD": numbers(frame["sd"], 1),
            "95% interval": interval(frame["lower_95"], frame["upper_95"], 1),
            "Published (%)": numbers(frame["published_pct"], 1),
        }
    )
    caption = (
        f"Share of each component in the variance of the basis ({fit.span}), per cent. "
        f"{INTERVAL_NOTE} Published: share of the structural mean; the rest, which is "
        "published as deviation, is all that the level leaves, deviation and noise "
        "together."
    )
    return Table(
        "table_variance_shares", caption, frame, display, fit.warning, fit.name
    )
