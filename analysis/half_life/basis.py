"""Decomposition of the basis by tenor, beside the published point estimates."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import xarray as xr

from analysis.estimates import element_estimates, stacked, summarise_draws
from analysis.every_model.findings import joined, range_words
from analysis.every_model.tables_fit import uninformed_parameters
from analysis.fit import Fit
from analysis.half_life.basis_description import PARAMETER_WORDS
from analysis.page.columns import answer, bounds, once, only_with, rounded, words
from analysis.page.exhibit import Exhibit
from analysis.page.table import INTERVAL_NOTE
from data.half_life.published import published_decomposition as published_estimates

DECIMALS = {"persistence": 3, "half_life_days": 1}
COMPONENTS = ("level", "deviation", "noise")

NEGLIGIBLE_PUBLISHED_SD_BP = 0.01
"""Published deviation innovations below this are none: the basis is quoted to whole
tenths of a basis point, and the published persistence then belongs to nothing."""

PUBLISHED_CAVEAT = (
    "Published: maximum-likelihood point estimates without standard errors, as printed "
    "with the half-life notebook."
)


def published_decomposition(fit: Fit) -> pd.DataFrame:
    """Point estimates that were published for the tenors of a fit, one row each.

    Returns
    -------
    DataFrame
        Columns parameter, tenor, published; empty where there are none.
    """
    tenors = [int(tenor) for tenor in fit.panel["tenor"].to_numpy()]
    frame = published_estimates(tenors).to_dataframe().reset_index()
    long = frame.melt("tenor", var_name="parameter", value_name="published")
    return fit.beside(long.dropna(subset="published"))


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


def half_life_sentence(fit: Fit, frame: pd.DataFrame) -> str:
    """How long a deviation lasts at each tenor; empty if the data do not say."""
    rows = frame[frame["parameter"] == "half_life_days"]
    elements = "half_life_days[" + rows["tenor"].astype(str) + "]"
    rows = rows[~elements.isin(uninformed_parameters(fit))]
    if rows.empty:
        return ""
    parts = [
        f"{range_words(row, 1)} at {row['tenor']} years" for _, row in rows.iterrows()
    ]
    return (
        "Half of a deviation from the level is gone after a number of trading days "
        f"whose 95% interval is {joined(parts)}."
    )


def published_sentence(frame: pd.DataFrame) -> str:
    """How the published persistences compare, and which describe no deviation."""
    frame = frame.dropna(subset="published")
    if frame.empty:
        return ""
    rows = frame[frame["parameter"] == "half_life_days"]
    inside = rows["published_inside"].astype(bool)
    outside = [f"{tenor}y" for tenor in rows.loc[~inside, "tenor"]]
    sentence = (
        f"The published half-life lies inside the 95% interval at {inside.sum()} of "
        f"{len(rows)} tenors"
    )
    sentence += f" (outside: {joined(outside)})." if outside else "."
    return f"{sentence} {_published_without_deviation(frame)}".strip()


def _published_without_deviation(frame: pd.DataFrame) -> str:
    rows = frame[frame["parameter"] == "deviation_innovation_sd_bp"]
    empty = rows[rows["published"] < NEGLIGIBLE_PUBLISHED_SD_BP]
    if empty.empty:
        return ""
    tenors = joined([str(tenor) for tenor in empty["tenor"]])
    return (
        f"At {tenors} years the published fit gives the deviation a variance of zero, "
        "so its persistence says nothing and what it publishes as deviation is what "
        "the level leaves, that is noise."
    )


def _decimals(frame: pd.DataFrame) -> pd.Series:
    return frame["parameter"].map(DECIMALS).fillna(2)


def _tenors(frame: pd.DataFrame) -> pd.Series:
    return frame["tenor"].astype(str) + "y"


def _sentences(fit: Fit, frame: pd.DataFrame) -> Iterable[str]:
    yield half_life_sentence(fit, frame)
    yield published_sentence(frame)


DECOMPOSITION = Exhibit(
    name="table_basis_decomposition",
    caption="Local level plus AR(1) deviation plus noise, by tenor ({fit.span}). "
    f"{INTERVAL_NOTE}{{fit.published: {PUBLISHED_CAVEAT}}}"
    "{fit.published: Published inside: whether the published estimate lies in the }"
    "{fit.published:interval.}",
    frame=decomposition_estimates,
    columns=(
        once("Parameter", lambda frame: frame["parameter"].map(PARAMETER_WORDS)),
        words("Tenor", _tenors),
        rounded("Mean", "mean", _decimals),
        rounded("SD", "sd", _decimals),
        bounds(_decimals),
        *only_with(
            "published",
            rounded("Published", "published", _decimals),
            answer("Published inside", "published_inside"),
        ),
    ),
    sentences=_sentences,
)


def variance_shares(fit: Fit) -> xr.DataArray:
    """Share of each component in the variance of the basis over the sample.

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


def shares_beside_published(fit: Fit) -> pd.DataFrame:
    """Share of each component by tenor, per cent, beside the published decomposition.

    Columns component, tenor, mean, sd, lower_95, upper_95, published_pct, diagnostics.
    """
    summary = summarise_draws(variance_shares(fit)).drop_vars("probability_positive")
    frame = summary.to_dataframe().reset_index()
    published = published_decomposition(fit)
    published = published[published["parameter"] == "structural_share_pct"]
    structural = frame["tenor"].map(published.set_index("tenor")["published"])
    return frame.assign(
        published_pct=structural.where(frame["component"] == "level"),
        diagnostics=fit.verdict,
    )


def variance_sentence(_: Fit, frame: pd.DataFrame) -> Iterable[str]:
    """How much of the basis's variance the deviation holds, by tenor."""
    rows = frame[frame["component"] == "deviation"]
    parts = [
        f"{range_words(row, 1)} at {row['tenor']:.0f} years"
        for _, row in rows.iterrows()
    ]
    yield (
        "Of the variance of the basis over the sample, the share of the deviation in "
        f"per cent is {joined(parts)} (95% intervals); the rest is level and noise."
    )


VARIANCE_SHARES = Exhibit(
    name="table_variance_shares",
    caption="Share of each component in the variance of the basis ({fit.span}), per "
    f"cent. {INTERVAL_NOTE}"
    "{fit.published: Published: share of the structural mean; the rest, which is }"
    "{fit.published:published as deviation, is all that the level leaves, deviation }"
    "{fit.published:and noise together.}",
    frame=shares_beside_published,
    columns=(
        once("Component", "component"),
        words("Tenor", _tenors),
        rounded("Mean (%)", "mean", 1),
        rounded("SD", "sd", 1),
        bounds(1),
        *only_with("published_pct", rounded("Published (%)", "published_pct", 1)),
    ),
    sentences=variance_sentence,
)
