"""In which state the market was: Figure 5 of the paper."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from analysis.estimates import TAIL
from analysis.every_model.findings import joined
from analysis.fit import Fit
from analysis.liquidity_regimes.data import price_impact_of
from analysis.page.exhibit import drawn
from analysis.page.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    SKY_BLUE,
    VERMILLION,
    date_axis,
    new_figure,
    shared_legend,
)
from analysis.page.table import range_text

STATE_COLORS = {
    2: (VERMILLION, BLUE),
    3: (VERMILLION, ORANGE, BLUE),
    4: (VERMILLION, ORANGE, SKY_BLUE, BLUE),
    5: (VERMILLION, ORANGE, GREEN, SKY_BLUE, BLUE),
}
"""Number of states -> colours, least liquid first."""


def state_labels(fit: Fit) -> list[str]:
    """Labels of the states, the least liquid first."""
    return [str(state) for state in fit.posterior["state"].to_numpy()]


STATE_PROBABILITY = "probability_{}"
"""Column of a state's probability given all data."""


def smoothed_states(fit: Fit) -> pd.DataFrame:
    """Columns day, probability_1 and on, most_likely_state, price_impact.

    Price impact is that of the first security, in the unit of the panel.
    """
    regimes = fit.group("regimes")
    probability = regimes["smoothed_probability"].transpose("state", "day").to_numpy()
    frame = pd.DataFrame({"day": pd.DatetimeIndex(fit.panel["day"].to_numpy())})
    for state, of_state in zip(state_labels(fit), probability, strict=True):
        frame[STATE_PROBABILITY.format(state)] = of_state
    return fit.marked(
        frame.assign(
            most_likely_state=regimes["most_likely_path"].to_numpy().astype(int),
            price_impact=price_impact_of(fit).iloc[:, 0].to_numpy(),
        )
    )


def figure_smoothed_states(fit: Fit, frame: pd.DataFrame) -> Figure:
    """Price impact is that of the first security, coloured by the most likely path."""
    states = state_labels(fit)
    colors = STATE_COLORS[len(states)]
    day = frame["day"].to_numpy()
    path = frame["most_likely_state"].to_numpy()
    figure, (above, strip, below) = new_figure(
        3, 1, 4.4, sharex=True, gridspec_kw={"height_ratios": [3, 0.5, 3]}
    )
    probability = [frame[STATE_PROBABILITY.format(state)] for state in states]
    labels = [f"state {state}" for state in states]
    labels[0] += " (least liquid)"
    above.stackplot(day, probability, colors=colors, labels=labels, linewidth=0)
    above.set_ylim(0, 1)
    above.set_title("Probability of each state given all data")
    strip.pcolormesh(
        day,
        [0, 1],
        path[None, :-1],
        cmap=ListedColormap(list(colors)),
        vmin=1,
        vmax=len(states),
    )
    strip.set_yticks([])
    strip.set_title("Most likely path")
    impact = frame["price_impact"].to_numpy()
    below.plot(day, impact, color=GREY, linewidth=0.3, zorder=1)
    for state, color in enumerate(colors, start=1):
        shown = np.where(path == state, impact, np.nan)
        below.plot(day, shown, ".", color=color, markersize=2.2)
    below.set_title("Price impact")
    below.set_ylim(bottom=0)
    below.margins(x=0)
    date_axis(below)
    shared_legend(figure, [above], len(states))
    return figure


def states_sentence(fit: Fit) -> str:
    """How much of the sample was spent in each state."""
    path = fit.group("regimes")["state_path"]
    parts = []
    for state in state_labels(fit):
        share = 100 * (path == int(state)).mean("day")
        low, high = share.quantile([TAIL, 1 - TAIL], "sample").to_numpy()
        parts.append(f"{range_text(low, high, 0)}% in state {state}")
    return f"Of the sample's days the market spent {joined(parts)}."


def _sentences(fit: Fit, _: pd.DataFrame) -> Iterable[str]:
    yield states_sentence(fit)


SMOOTHED_STATES = drawn(
    figure_smoothed_states,
    "Probability of each liquidity state given all data, the most likely path, and "
    "price impact coloured by it (Figure 5 of the paper).",
    frame=smoothed_states,
    sentences=_sentences,
)
