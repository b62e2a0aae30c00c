"""Quotes of real days beside the interval that all others of their day give."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from data.trading_costs.quote_panel import QuotePanel
from inference.fitting import fit
from inference.settings import SamplerSettings
from inference.trading_costs.curve_prepare import prepare_yield_curve
from models.trading_costs.cross_section import CrossSectionSpecification

LEFT_OUT_SETTINGS = SamplerSettings(seed=1, draws=400, tune=400, chains=2)

UNSURE_PARETO_K = 0.7
ALL = "all"


def left_out_quotes(
    days: Sequence[tuple[QuotePanel, str]],
    settings: SamplerSettings = LEFT_OUT_SETTINGS,
    advance: Callable[[pd.DataFrame], None] = lambda _: None,
) -> pd.DataFrame:
    """Fit the curve of each day, and place each quote in what all others say.

    Parameters
    ----------
    days : sequence of (QuotePanel, str)
        Panel and date (YYYY-MM-DD).
    settings : SamplerSettings
        Of each fit.
    advance : callable
        Called with all rows so far after each day.

    Returns
    -------
    DataFrame
        One row a quote: ``date``, ``security``, ``maturity_years``, ``probability``
        below the quote given all others of the day, ``pareto_k``.
    """
    tables: list[pd.DataFrame] = []
    for panel, date in days:
        prepared = prepare_yield_curve(panel, CrossSectionSpecification(date=date))
        trace = fit(prepared, settings, progressbar=False)
        prices = trace["prices"].to_dataset()
        tables.append(
            pd.DataFrame(
                {
                    "date": date,
                    "security": prices["security"].to_numpy(),
                    "maturity_years": trace["panel"]["maturity_years"].to_numpy(),
                    "probability": prices["left_out_pit"].to_numpy(),
                    "pareto_k": prices["pareto_k"].to_numpy(),
                }
            )
        )
        advance(pd.concat(tables, ignore_index=True))
    return pd.concat(tables, ignore_index=True)


def coverage_by_day(rows: pd.DataFrame) -> pd.DataFrame:
    """Shares of quotes inside the intervals of the others.

    Returns
    -------
    DataFrame
        One row a date and one of ``all``: ``quotes``, ``covered_50``, ``covered_95``
        with its 95% interval ``lower_95``, ``upper_95`` (Wilson), ``unsure`` (quotes
        whose Pareto k is above 0.7).
    """
    parts = [*rows.groupby("date", sort=False), (ALL, rows)]
    return pd.DataFrame([{"date": str(date)} | _covered(part) for date, part in parts])


def _covered(rows: pd.DataFrame) -> dict[str, float]:
    inside = [np.abs(rows["probability"] - 0.5) < mass / 2 for mass in (0.5, 0.95)]
    count, number = int(inside[1].sum()), len(rows)
    interval = stats.binomtest(count, number).proportion_ci(method="wilson")
    return {
        "quotes": number,
        "covered_50": float(inside[0].mean()),
        "covered_95": count / number,
        "lower_95": interval.low,
        "upper_95": interval.high,
        "unsure": int((rows["pareto_k"] > UNSURE_PARETO_K).sum()),
    }
