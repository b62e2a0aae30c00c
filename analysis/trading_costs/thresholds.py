"""Estimates as a filter on the accuracy of forecasts is drawn tighter."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analysis.every_model.findings import joined
from analysis.fit import Fit
from analysis.page.exhibit import Exhibit
from analysis.page.table import number
from analysis.trading_costs.description import element_label
from data.dims import COEFFICIENT
from inference.trading_costs.thresholds import THRESHOLD

TIGHTEST = 0.5
MOVED = 2.0
"""Standard deviations of the unfiltered estimate."""


def by_threshold(fit: Fit) -> pd.DataFrame:
    """Coefficients by threshold.

    Returns
    -------
    DataFrame
        Columns half_spreads (infinite: no filter), term, mean, sd (bp), rows, variant,
        diagnostics.
    """
    frame = fit.group("by_threshold").to_dataframe().reset_index()
    frame["term"] = [element_label({"name": x}) for x in frame[COEFFICIENT]]
    return fit.marked(frame.drop(columns=COEFFICIENT))


def _heading(half_spreads: float, rows: float) -> str:
    limit = "all" if np.isinf(half_spreads) else f"within {half_spreads:g}"
    return f"{limit} ({rows:,.0f} rows)"


def _side_by_side(fit: Fit, frame: pd.DataFrame) -> pd.DataFrame:
    shown = {"Term": list(dict.fromkeys(frame["term"]))}
    for _, part in frame.groupby(THRESHOLD, sort=False):
        cells = [
            f"{number(mean, 3)} ({number(sd, 3)})"
            for mean, sd in zip(part["mean"], part["sd"], strict=True)
        ]
        shown[_heading(part[THRESHOLD].iloc[0], part["rows"].iloc[0])] = cells
    return pd.DataFrame(shown)


def _sentences(_: Fit, frame: pd.DataFrame) -> Iterable[str]:
    of = frame.set_index([THRESHOLD, "term"])
    every, tight = of.loc[np.inf], of.loc[TIGHTEST]
    moved = np.abs(tight["mean"] - every["mean"]) > MOVED * every["sd"]
    if moved.any():
        yield (
            f"With trades alone whose quote forecast the next to within {TIGHTEST:g} "
            f"half-spreads, {joined(list(every.index[moved]))} would move by more than "
            f"{MOVED:g} standard deviations: such a filter keeps calm moments."
        )


BY_THRESHOLD = Exhibit(
    name="table_trading_costs_by_threshold",
    caption="Coefficients of {fit.name} ({fit.span}) given only trades whose quote "
    "forecast the security's next indicative mid to within so many of its own "
    "half-spreads: mean and standard deviation in brackets, at the mean variances of "
    "the fit to all. The paper filters by forecast accuracy; its rule is not known. "
    "Such a filter looks ahead; weights by the stated error need none.",
    frame=by_threshold,
    columns=_side_by_side,
    sentences=_sentences,
    shown=lambda fit: fit.has("by_threshold"),
)
