"""Posterior of the liquidity-regimes model keyed and ordered as the paper's tables."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from analysis.estimates import summarise_draws, summary_of_one
from analysis.fit import Fit
from data.liquidity_regimes.columns import ONLY_SECURITY
from data.liquidity_regimes.published import (
    KEYS,
    published_liquidity_regimes,
    published_threshold_regression,
)

TERM_DIMS = {
    "price_impact_slope": ("state", "covariate"),
    "noise_sd": ("state", ""),
    "transition_probability": ("origin", "arrival"),
    "transition_intercept": ("origin", "destination"),
    "transition_depth_slope": ("origin", "destination"),
}
"""Parameter of the paper's Tables 2 and 3 -> its dimensions for state and term."""

SIGNED_TERMS = ("VV", "CS")
"""Covariates whose effect may have either sign; that of V is positive by assumption."""

NORMAL_975 = 1.959964

TEN_YEAR_LABEL = re.compile(r"10[ _-]?(y|yr|year)s?", re.IGNORECASE)
"""How panels call the security of the paper's tables: 10y, 10-year, 10YR."""


def specification_of(fit: Fit) -> Mapping[str, Any]:
    """Specification of a fit: covariates, transition, noise, num_states, ..."""
    found: Mapping[str, Any] = fit.tree.attrs["specification"]
    return found


def has_published_counterpart(fit: Fit) -> bool:
    """Whether the paper printed estimates of the fit's specification.

    It did for three states and normal noise, and for one security: the 10-year note.
    The security of a file without labels may be that one. Beside simulated data, drawn
    from such estimates, none stands.
    """
    chosen = specification_of(fit)
    return (
        not fit.simulated
        and chosen["num_states"] == 3
        and chosen["noise"] == "normal"
        and "security" not in fit.posterior.dims
        and is_ten_year_or_unlabelled(fit)
    )


def is_ten_year_or_unlabelled(fit: Fit) -> bool:
    """Whether the fit's security is labelled as the 10-year note, or not at all."""
    labels = [str(label) for label in fit.panel["security"].to_numpy()]
    return all(
        label == ONLY_SECURITY or TEN_YEAR_LABEL.fullmatch(label) for label in labels
    )


def table_estimates(fit: Fit) -> pd.DataFrame:
    """Estimates of the parameters of Tables 2 and 3, in their order.

    Returns
    -------
    DataFrame
        Columns parameter, state, term (covariate or state moved to), security (empty
        for a single one), element (name in the diagnostics), then those of
        :func:`analysis.estimates.summarise_draws`.
    """
    posterior = fit.posterior
    frames = []
    for name, (state, term) in TERM_DIMS.items():
        if name not in posterior:
            continue
        draws = posterior[name]
        frame = summarise_draws(draws).to_dataframe().reset_index()
        own = [dim for dim in draws.dims if dim not in ("chain", "draw")]
        place = frame[own].astype(str).agg(", ".join, axis=1)
        frame = frame.assign(
            parameter=name,
            state=frame[state],
            term=frame[term] if term else "",
            security=frame["security"] if "security" in own else "",
            element=name + "[" + place + "]",
        )
        frames.append(frame)
    columns = [*KEYS, "security", "element", "mean", "sd", "lower_95", "upper_95"]
    return pd.concat(frames, ignore_index=True)[[*columns, "probability_positive"]]


def regimes_beside_published(fit: Fit) -> pd.DataFrame:
    """Estimates of Tables 2 and 3 beside the paper's.

    Returns
    -------
    DataFrame
        Columns of :func:`table_estimates`, estimate and standard_error of the paper,
        published_inside (whether the estimate lies in the 95% interval, None where
        there is none), information (what the data said), prior_sensitivity, variant
        and diagnostics.
    """
    ours = table_estimates(fit)
    chosen = specification_of(fit)
    if has_published_counterpart(fit):
        published = published_liquidity_regimes(
            str(chosen["transition"]), str(chosen["covariates"])
        )
        ours = ours.merge(published.reset_index(), on=KEYS, how="left")
    else:
        ours = ours.assign(estimate=np.nan, standard_error=np.nan)
    diagnosed = fit.diagnostics[["information", "prior_sensitivity"]]
    return _with_published_inside(ours.join(diagnosed, on="element")).assign(
        variant=fit.variant, diagnostics=fit.verdict
    )


def thresholds_beside_published(fit: Fit) -> pd.DataFrame:
    """Estimates of the threshold regression beside Table 1.

    Parameters
    ----------
    fit : Fit
        Of the threshold regression.

    Returns
    -------
    DataFrame
        Columns parameter, element, mean, sd, lower_95, upper_95,
        probability_positive, published_name, estimate, standard_error,
        published_inside, diagnostics.
    """
    frames = []
    for name, stem in (
        ("volatility_slope", "beta"),
        ("volatility_threshold_bp", "threshold"),
    ):
        frame = summarise_draws(fit.posterior[name]).to_dataframe().reset_index()
        place = frame.iloc[:, 0].astype(str)
        frame = frame.assign(
            parameter=name,
            element=name + "[" + place + "]",
            published_name=[f"{stem}_{i}" for i in range(1, len(frame) + 1)],
        )
        frames.append(frame.iloc[:, 1:])
    names = {"parameter": "noise_sd", "element": "noise_sd", "published_name": ""}
    noise = summary_of_one(fit.posterior["noise_sd"])
    frames.append(pd.DataFrame([noise | names]))
    ours = pd.concat(frames, ignore_index=True)
    published = fit.beside(published_threshold_regression())
    joined = ours.join(published, on="published_name")
    return _with_published_inside(joined).assign(diagnostics=fit.verdict)


def _with_published_inside(frame: pd.DataFrame) -> pd.DataFrame:
    inside = frame["estimate"].between(frame["lower_95"], frame["upper_95"])
    printed = frame["estimate"].notna()
    return frame.assign(published_inside=inside.astype(object).where(printed, None))


def threshold_r2(fit: Fit) -> xr.DataArray:
    """Share of the variance of price impact that the regression explains, by draw.

    Parameters
    ----------
    fit : Fit
        Of the threshold regression.

    Returns
    -------
    (chain, draw) DataArray
        Group `goodness_of_fit`; the paper's R² is that of its estimates.
    """
    return fit.group("goodness_of_fit")["r_squared"]
