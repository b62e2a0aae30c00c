"""Does price impact rise faster with volatility when volatility is high (Table 1)."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from analysis.estimates import TAIL, flat, stacked, summarise_draws
from analysis.every_model.findings import joined, range_words
from analysis.fit import Fit
from analysis.liquidity_regimes.description import THRESHOLD_WORDS
from analysis.liquidity_regimes.estimates import (
    threshold_r2,
    thresholds_beside_published,
)
from analysis.liquidity_regimes.words import DECIMALS, PAPER_NOTE
from analysis.page.columns import answer, bounds, once, only_with, rounded, words
from analysis.page.exhibit import Exhibit, drawn
from analysis.page.style import BLUE, GREY, ORANGE, band, new_figure, shared_legend
from analysis.page.table import INTERVAL_NOTE, range_text


def _r2_words(fit: Fit, scale: float, decimals: int) -> str:
    low, high = threshold_r2(fit).quantile([TAIL, 1 - TAIL]).to_numpy()
    return range_text(scale * low, scale * high, decimals)


def _caption(fit: Fit, _: pd.DataFrame) -> str:
    return (
        f"Price impact on volatility with two thresholds ({fit.span})"
        f"{fit.published:, beside Table 1 of the paper}. beta 1 holds below the first "
        "threshold, beta 3 above the second. "
        f"R² is {_r2_words(fit, 1, 3)} (95% interval)"
        f"{fit.published:; the paper's is 0.897}. {INTERVAL_NOTE}"
        + ("" if fit.simulated else f" {PAPER_NOTE}")
    )


def _sentences(fit: Fit, frame: pd.DataFrame) -> Iterable[str]:
    slopes = frame[frame["parameter"] == "volatility_slope"]
    thresholds = frame[frame["parameter"] == "volatility_threshold_bp"]
    regimes = ("below both thresholds", "between them", "above both")
    by_regime = [
        f"{range_words(row, 3)} {place}"
        for (_, row), place in zip(slopes.iterrows(), regimes, strict=True)
    ]
    at = [f"{range_words(row, 1)} bp" for _, row in thresholds.iterrows()]
    yield (
        f"Price impact per basis point of volatility is {joined(by_regime)} (95% "
        f"intervals); the thresholds lie at {joined(at)}."
    )
    yield (
        f"Volatility in three regimes explains {_r2_words(fit, 100, 1)}% of the "
        "variance of price impact."
    )


THRESHOLDS = Exhibit(
    name="table_1_threshold_regression",
    caption=_caption,
    frame=thresholds_beside_published,
    columns=(
        once("Parameter", lambda frame: frame["parameter"].map(THRESHOLD_WORDS)),
        words("Of", lambda frame: frame["published_name"].str.replace("_", "\u00a0")),
        rounded("Mean", "mean", DECIMALS),
        rounded("SD", "sd", DECIMALS),
        bounds(DECIMALS),
        *only_with(
            "estimate",
            rounded("Paper, 10-year", "estimate", DECIMALS),
            rounded("Paper SE", "standard_error", DECIMALS),
            answer("Paper inside", "published_inside"),
        ),
    ),
    sentences=_sentences,
)


def regression_line(fit: Fit) -> pd.DataFrame:
    """Columns volatility_bp and those of `summarise_draws`, for mean price impact."""
    volatility = _volatility(fit)
    grid = np.linspace(np.nanmin(volatility), np.nanmax(volatility), 200)
    mean = threshold_mean(fit.posterior, grid).assign_coords(volatility=grid)
    frame = flat(summarise_draws(mean), "volatility")
    return fit.marked(frame.rename(columns={"volatility": "volatility_bp"}))


def _volatility(fit: Fit) -> np.ndarray:
    volatility: np.ndarray = fit.panel["covariate_bp"].sel(covariate="V").to_numpy()
    return volatility


def figure_threshold_regression(fit: Fit, frame: pd.DataFrame) -> Figure:
    """Line and band: mean of price impact. Orange: interval of each threshold."""
    figure, (axes,) = new_figure(1, 1, 3.2)
    impact = fit.panel["price_impact"].isel(security=0).to_numpy()
    axes.plot(
        _volatility(fit), impact, ".", color=GREY, markersize=2, label="observed day"
    )
    grid = frame["volatility_bp"]
    band(axes, grid, frame["lower_95"], frame["upper_95"], BLUE, "95% interval")
    axes.plot(grid, frame["mean"], color=BLUE, label="posterior mean")
    thresholds = stacked(fit.posterior["volatility_threshold_bp"])
    for threshold in thresholds.quantile([TAIL, 1 - TAIL], "sample").T.to_numpy():
        axes.axvspan(*threshold, color=ORANGE, alpha=0.5, linewidth=0)
    axes.set_xlabel("volatility (annualised bp)")
    axes.set_ylabel("price impact")
    shared_legend(figure, [axes], 3)
    return figure


REGRESSION_LINE = drawn(
    figure_threshold_regression,
    "Price impact on volatility: posterior mean and pointwise 95% interval of the "
    "regression with two thresholds; orange: 95% interval of each threshold.",
    frame=regression_line,
)


def threshold_mean(posterior: xr.Dataset, volatility_bp: np.ndarray) -> xr.DataArray:
    """Mean of price impact given volatility, by draw.

    Parameters
    ----------
    posterior : Dataset
        volatility_slope (..., regime) and volatility_threshold_bp (..., threshold).
    volatility_bp : (volatility,) float

    Returns
    -------
    (volatility, sample) DataArray

    Notes
    -----
    Equation (1) of Meldrum and Sokolinskiy (2025): the slope of the regime that
    volatility is in, times volatility.
    """
    slope = stacked(posterior["volatility_slope"])
    threshold = stacked(posterior["volatility_threshold_bp"])
    volatility = xr.DataArray(volatility_bp, dims="volatility")
    regime = (volatility > threshold).sum("threshold")
    return (slope.isel(regime=regime) * volatility).transpose("volatility", "sample")
