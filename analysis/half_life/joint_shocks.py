"""How far events move the basis, beside events put on days without any."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.estimates import summarise_draws
from analysis.every_model.findings import joined, range_words
from analysis.fit import Fit
from analysis.page.columns import Column, bounds, once, rounded, words
from analysis.page.exhibit import Exhibit, drawn
from analysis.page.style import BLUE, GREY, new_figure, shared_legend
from analysis.page.table import INTERVAL_NOTE, numbers
from data.half_life.placebo import PLACEBO
from inference.checks.standard_errors import standard_error_of_sum


def is_placebo(fit: Fit) -> bool:
    """Whether the events of a fit were moved to days without events."""
    types = fit.panel["outcome_event_types"].to_numpy()
    return all(str(name).startswith(PLACEBO) for name in types)


def shocks_of(fit: Fit) -> pd.DataFrame:
    """How far an event moves the basis by tenor, and errors on event and other days.

    Returns
    -------
    DataFrame
        Columns tenor, those of `summarise_draws` of the shock's standard deviation
        (bp), and of the squared daily change (bp squared): event_days and other_days
        (means), difference with its standard_error (Newey-West, so that days that
        follow each other count for what they are worth).
    """
    estimates = summarise_draws(fit.posterior["event_shock_sd_bp"])
    frame = estimates.to_dataframe().reset_index()
    days = pd.DataFrame([_by_day(fit, tenor) for tenor in frame["tenor"]])
    return frame.join(days)


def _by_day(fit: Fit, tenor: int) -> dict[str, float]:
    change = fit.panel["basis_bp"].sel(tenor=tenor).to_numpy()
    squared = np.diff(change) ** 2
    is_event = (fit.panel["event_types"].sel(tenor=tenor).to_numpy() != "")[1:]
    known = np.isfinite(squared)
    squared, is_event = squared[known], is_event[known]
    on, off = squared[is_event].mean(), squared[~is_event].mean()
    share = is_event.mean()
    # Each day's contribution to the difference of the two means.
    contribution = np.where(
        is_event, (squared - on) / share, -(squared - off) / (1 - share)
    )
    return {
        "event_days": on,
        "other_days": off,
        "difference": on - off,
        "standard_error": standard_error_of_sum(contribution) / len(contribution),
    }


def shocks(fits: Sequence[Fit]) -> pd.DataFrame:
    """`shocks_of` every fit, with fit, is_placebo and diagnostics."""
    return pd.concat(
        [
            shocks_of(fit).assign(
                fit=fit.name, is_placebo=is_placebo(fit), diagnostics=fit.verdict
            )
            for fit in fits
        ],
        ignore_index=True,
    )


def shock_sentence(frame: pd.DataFrame) -> str:
    """How far events of a fit move the basis, and whether more than other days do.

    Parameters
    ----------
    frame : DataFrame
        The fit's rows of `shocks`.
    """
    parts = [
        f"{range_words(row, 2)} at {row['tenor']:.0f} years"
        for _, row in frame.iterrows()
    ]
    beyond = frame["difference"] > 2 * frame["standard_error"]
    others = (
        "no tenor moves more on event days than on others by two standard errors"
        if not beyond.any()
        else "the basis moves more on event days than on others at "
        + joined([f"{tenor:.0f}" for tenor in frame.loc[beyond, "tenor"]])
        + " years"
    )
    return (
        "The standard deviation of what an event moves has a 95% interval of "
        f"{joined(parts)} (basis points); {others}."
    )


def _difference(frame: pd.DataFrame) -> pd.Series:
    error = numbers(frame["standard_error"], 2)
    return numbers(frame["difference"], 2) + " (" + error + ")"


SHOCKS = Exhibit(
    name="table_event_shocks",
    caption="Standard deviation of what an event moves, basis points, and mean squared "
    "daily change of the basis on these days and on all others, basis points "
    "squared, with Newey-West standard errors. Placebo: the same events put on "
    "days without any; what is found there is found without events. "
    f"{INTERVAL_NOTE}",
    frame=shocks,
    columns=(
        once("Fit", "fit"),
        words(
            "Days",
            lambda frame: frame["is_placebo"].map({True: "placebo", False: "events"}),
        ),
        words("Tenor", lambda frame: frame["tenor"].astype(str) + "y"),
        rounded("Shock sd (bp)", "mean", 2),
        bounds(2),
        rounded("Squared change, these days", "event_days", 2),
        rounded("other days", "other_days", 2),
        Column("difference (s.e.)", _difference),
    ),
)


def figure_event_shocks(fits: Sequence[Fit], frame: pd.DataFrame) -> Figure:
    """Standard deviation of what an event moves by tenor, events beside placebos."""
    tenors = [int(x) for x in fits[0].panel["tenor"].to_numpy()]
    figure, (axes,) = new_figure(1, 1, 0.9 + 0.2 * len(tenors) * (1 + len(fits)))
    for place, (name, rows) in enumerate(frame.groupby("fit", sort=False)):
        placebo = rows["is_placebo"].all()
        color, marker = (GREY, "s") if placebo else (BLUE, "o")
        y = np.array([tenors.index(tenor) for tenor in rows["tenor"]])
        y = y + 0.7 * ((place + 0.5) / len(fits) - 0.5)
        axes.hlines(y, rows["lower_95"], rows["upper_95"], color=color, lw=1.2)
        label = f"{name}{' (placebo)' if placebo else ''}"
        axes.plot(rows["mean"], y, marker, color=color, markersize=4, label=label)
    axes.set_yticks(range(len(tenors)), [f"{tenor}-year" for tenor in tenors])
    axes.set_ylim(len(tenors) - 0.5, -0.5)
    axes.set_xlim(left=0.0)
    axes.set_xlabel("shock of an event, standard deviation (basis points)")
    shared_legend(figure, [axes], 2)
    return figure


SHOCKS_BY_TENOR = drawn(
    figure_event_shocks,
    "Standard deviation of what an event moves, basis points, by tenor: posterior mean "
    "and 95% interval. Grey squares: the same events put on days without any.",
    frame=shocks,
)
