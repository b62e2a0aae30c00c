"""Dates and tenors of the panel that a fit of the price-pressure model is of."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.fit import Fit
from analysis.page.style import new_figure


def dates_of(fit: Fit) -> pd.DatetimeIndex:
    """Dates of the panel."""
    return pd.DatetimeIndex(fit.panel[fit.description.time_dim].to_numpy())


def tenors_of(fit: Fit) -> list[int]:
    """Tenors of the panel, years."""
    tenors: list[int] = fit.panel["tenor"].to_numpy().tolist()
    return tenors


def panels_of(
    tenors: Sequence[int], row_inches: float, **options: Any
) -> tuple[Figure, list[Axes]]:
    """Axes of each tenor in two columns, an odd one's neighbour left blank."""
    rows = (len(tenors) + 1) // 2
    options = {"sharex": True, "sharey": True, **options}
    figure, axes = new_figure(rows, 2, rows * row_inches, **options)
    for blank in axes[len(tenors) :]:
        blank.set_axis_off()
    return figure, list(axes[: len(tenors)])
