"""The forecast of the low-liquidity state against the known truth of a simulation."""

from matplotlib.figure import Figure

from analysis.fits import Fit
from analysis.state_calibration import known_first_state, reliability, state_forecast
from analysis.style import BLUE, GREY, new_figure, shared_legend


def figure_state_calibration(fit: Fit) -> Figure:
    """Reliability of the probability of state 1, forecast a day ahead.

    Parameters
    ----------
    fit : Fit
        Of a simulated panel.

    Returns
    -------
    Figure
        Left: how often the market was in state 1 by forecast probability; line: range
        of 95% of samples were the forecast right. Right: days by forecast.
    """
    forecast = state_forecast(fit)
    table = reliability(forecast, known_first_state(fit))
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
