"""Figure of a simulation-based calibration."""

from textwrap import fill

import numpy as np
import pandas as pd
from arviz_stats.ecdf_utils import ecdf_pit
from matplotlib.figure import Figure
from scipy.stats import ecdf

from inference.checks.calibration import ENVELOPE_PROBABILITY, ENVELOPE_SIMULATIONS

TITLE_WIDTH = 105
"""Characters that fit above all panels of a row."""


def figure_rank_ecdf(ranks: pd.DataFrame) -> Figure:
    """Distribution of the ranks less the uniform one, a panel a parameter.

    Parameters
    ----------
    ranks : (simulation, element) DataFrame
        Relative ranks; columns ``PARAMETER`` or ``PARAMETER[ELEMENT]``.

    Returns
    -------
    Figure
        Lines: elements. Grey: where all of one calibrated element's line lies with a
        probability of 99%.
    """
    # The envelope depends on the number of simulations alone.
    points, _, lower, upper = ecdf_pit(
        np.linspace(0.0, 1.0, len(ranks)), ENVELOPE_PROBABILITY, ENVELOPE_SIMULATIONS
    )
    parameters = ranks.columns.str.partition("[").get_level_values(0)
    shown = list(dict.fromkeys(parameters))
    rows = 2 if len(shown) < 9 else 3
    columns = -(-len(shown) // rows)
    figure = Figure(figsize=(9.0, 2.7 * rows), layout="constrained")
    axes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for axis in axes.flat[len(shown) :]:
        axis.remove()
    for axis, name in zip(axes.flat, shown, strict=False):
        elements = ranks.loc[:, parameters == name]
        for element in elements.columns:
            share = ecdf(elements[element].to_numpy()).cdf.evaluate(points)
            axis.step(points, share - points, where="post", linewidth=1.0)
        axis.fill_between(
            points, lower - points, upper - points, color="0.88", zorder=0
        )
        axis.axhline(0.0, color="0.5", linewidth=0.6)
        title = _title(name, len(elements.columns))
        axis.set_title(fill(title, TITLE_WIDTH // columns), fontsize=9)
    figure.supxlabel("Relative rank of the truth among posterior draws", fontsize=10)
    figure.supylabel("Share of simulations below, less uniform", fontsize=10)
    figure.suptitle(
        f"Ranks in {len(ranks)} simulations from the prior; grey: 99% "
        "simultaneous envelope of one element",
        fontsize=11,
    )
    return figure


def _title(name: str, elements: int) -> str:
    words = name.replace("_", " ").capitalize()
    return words if elements == 1 else f"{words} ({elements} elements)"
