"""Words of the report on the decomposition of the basis: terms and captions."""

from collections.abc import Callable

from matplotlib.figure import Figure

from analysis.figures_basis import (
    figure_basis_deviation,
    figure_basis_half_life,
    figure_basis_level,
)

HOW_TO_READ = (
    (
        "Basis, level, deviation",
        "The TIPS-Treasury basis of a tenor in basis points is a level that wanders, a "
        "deviation that comes back (an AR(1)), and noise of the day.",
    ),
    (
        "Half-life of the deviation",
        "Trading days after which half of a shock to the deviation is gone: log 2 over "
        "minus the log of its persistence. A property of every day of the sample.",
    ),
)

CAPTIONS: dict[Callable[..., Figure], str] = {
    figure_basis_level: (
        "Observed basis and its level given all days, basis points: posterior mean and "
        "pointwise 95% interval."
    ),
    figure_basis_deviation: (
        "Deviation of the basis from its level given all days, basis points: posterior "
        "mean and pointwise 95% interval. Ticks: events that were followed, those "
        "whose deviation halved within the horizon below, those still open above."
    ),
    figure_basis_half_life: (
        "Half-life of the deviation by tenor, trading days on a logarithmic axis: "
        "posterior median, 50% and 95% interval (thick, thin). Squares: published "
        "point estimates, without standard errors."
    ),
}
"""Function that draws the figure -> caption."""
