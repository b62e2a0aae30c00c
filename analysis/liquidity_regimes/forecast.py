"""Were the states known, how good would forecasts of the least liquid one be."""

import pandas as pd
from matplotlib.figure import Figure

from analysis.fit import Fit
from analysis.liquidity_regimes.state_calibration import (
    has_known_states,
    known_first_state,
    reliability,
    state_forecast,
    state_forecast_scores,
)
from analysis.page.columns import rounded, words
from analysis.page.exhibit import Exhibit, drawn
from analysis.page.style import BLUE, GREY, new_figure, shared_legend

STATE_FORECAST = Exhibit(
    name="table_state_forecast",
    caption="Mean squared error of the probability of state 1 against the states that "
    "the panel was simulated with, {fit.name} ({fit.span}). Skill: 1 minus the score "
    "over that of the share of days, so 1 is perfect and 0 no better. Forecasts take "
    "parameters learned from all days.",
    frame=lambda fit: state_forecast_scores(fit).assign(diagnostics=fit.verdict),
    columns=(
        words("Probability of state 1", "forecast"),
        rounded("Brier score", "brier_score", 4),
        rounded("Skill", "skill", 3),
    ),
    shown=has_known_states,
)


def state_reliability(fit: Fit) -> pd.DataFrame:
    """`reliability` of the forecasts of a fit whose states are known."""
    return fit.marked(reliability(state_forecast(fit), known_first_state(fit)))


def figure_state_calibration(_: Fit, table: pd.DataFrame) -> Figure:
    """Left: share of days in state 1 by forecast. Right: days by forecast."""
    figure, (left, right) = new_figure(1, 2, 2.8)
    left.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, label="calibrated")
    left.vlines(
        table["forecast"],
        table["lower_95"],
        table["upper_95"],
        color=GREY,
        linewidth=3,
        alpha=0.6,
        label="95% were the forecast right",
    )
    left.plot(
        table["forecast"],
        table["observed"],
        "o",
        color=BLUE,
        markersize=4,
        label="observed share",
    )
    left.set_xlabel("forecast probability of state 1")
    left.set_ylabel("share of days in state 1")
    left.set_title("Reliability")
    right.bar(table["forecast"], table["num_days"], width=0.06, color=BLUE)
    right.set_yscale("log")
    right.set_xlim(0, 1)
    right.set_xlabel("forecast probability of state 1")
    right.set_ylabel("days")
    right.set_title("Days by forecast")
    shared_legend(figure, [left], 3)
    return figure


STATE_CALIBRATION = drawn(
    figure_state_calibration,
    "Forecast of state 1 a day ahead against the states that the panel was simulated "
    "with. Dots on the diagonal, inside the grey ranges, say that forecast "
    "probabilities are right. Parameters are those of the whole sample, so it is no "
    "test of forecasts of days to come.",
    frame=state_reliability,
    shown=has_known_states,
)
