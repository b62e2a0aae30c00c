"""What liquidity regimes answer: how far, how often, and how likely from today."""

from collections.abc import Iterator

import pandas as pd

from analysis.estimates import summarise_draws
from analysis.every_model.findings import joined, range_words
from analysis.fit import Fit
from analysis.liquidity_regimes.fragility_exhibits import last_day_sentence
from analysis.liquidity_regimes.states import states_sentence
from analysis.liquidity_regimes.threshold import THRESHOLDS
from analysis.page.exhibit import of_fit, sentences_of
from analysis.page.table import number


def volatility_moves_pct(fit: Fit) -> pd.DataFrame:
    """Price impact that goes with one standard deviation of volatility, by state.

    Returns
    -------
    DataFrame
        Index state, columns of `analysis.estimates.summarise_draws`, per cent of the
        median price impact of the sample. Of the first security where there are
        several.
    """
    slope = fit.posterior["price_impact_slope"].sel(covariate="V", drop=True)
    impact = fit.panel["price_impact"].isel(security=0, drop=True)
    if "security" in slope.dims:
        slope = slope.isel(security=0, drop=True)
    usual = _usual_volatility_bp(fit)
    return summarise_draws(100 * slope * usual / float(impact.median())).to_dataframe()


def _usual_volatility_bp(fit: Fit) -> float:
    return float(fit.panel["covariate_bp"].sel(covariate="V").std("day", ddof=1))


def regimes_answers(fit: Fit) -> Iterator[str]:
    """Size in every state, time spent in each, and the risk on the last day."""
    moved = volatility_moves_pct(fit)
    parts = [
        f"{range_words(row, 0)} in state {state}" for state, row in moved.iterrows()
    ]
    security = fit.panel["security"].to_numpy()
    whose = f" of {security[0]}" if len(security) > 1 else ""
    usual = number(_usual_volatility_bp(fit), 1)
    yield (
        f"One standard deviation more of volatility ({usual} bp) goes with a price "
        f"impact{whose} that is higher by, in per cent of its median, {joined(parts)} "
        "(95% intervals; 1 is the least liquid state)."
    )
    yield states_sentence(fit)
    yield last_day_sentence(fit)


def threshold_answers(fit: Fit) -> Iterator[str]:
    """Slopes and thresholds."""
    yield from sentences_of(of_fit([THRESHOLDS], fit))
