"""The same half-lives regressed on who traded as several cleanings see it.

Which messages count as trades is decided by rules, and rules differ between programs.
Fits that differ in nothing else are set side by side: how far their coefficients lie
apart is the part of the uncertainty that no interval of one fit holds.
"""

from collections.abc import Iterable, Sequence
from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.estimates import stacked
from analysis.every_model.findings import joined
from analysis.fit import Fit
from analysis.half_life.description import covariate_name
from analysis.page.exhibit import Exhibit, drawn
from analysis.page.style import BLACK, GREY, LOOKS, new_figure, shared_legend
from analysis.page.table import (
    INTERVAL_NOTE,
    NOT_AVAILABLE,
    interval,
    number,
    numbers,
)
from models.half_life.specification import LINEAR
from models.transactions.scoring import TRUE_TRADES

TRUTH_LOOK = (BLACK, "*")

INCHES_A_ROW = 0.62

SPREAD, VARIANCE_SHARE = "spread of medians", "share of variance, %"


def cleaning_of_fit(fit: Fit) -> str:
    """Rules behind the trading covariates of a fit; empty where they tell none."""
    return str(fit.tree.attrs.get("cleaning", ""))


def cleaning_groups(fits: Sequence[Fit]) -> list[list[Fit]]:
    """Fits of the same half-lives that differ in the cleaning, two or more a group."""
    groups: dict[object, list[Fit]] = {}
    for fit in fits:
        if fit.variant != LINEAR and cleaning_of_fit(fit):
            days = fit.panel["half_life_days"]
            key = (fit.variant, *map(str, days["outcome"].to_numpy()), days.shape)
            groups.setdefault((key, days.to_numpy().tobytes()), []).append(fit)
    return [
        group for group in groups.values() if len(set(map(cleaning_of_fit, group))) > 1
    ]


def compare_cleanings(fits: Sequence[Fit]) -> pd.DataFrame:
    """Coefficients of every fit of a group.

    Parameters
    ----------
    fits : sequence of Fit
        One of `cleaning_groups`.

    Returns
    -------
    DataFrame
        Columns covariate, cleaning, fit, median, mean, sd, lower_95, upper_95 (log
        hazard ratio per standard deviation of the covariate as that cleaning sees it),
        diagnostics, and those of `cleaning_spread`.
    """
    rows = []
    for fit in fits:
        draws = stacked(fit.posterior["coefficient"])
        low, median, high = draws.quantile([0.025, 0.5, 0.975], "sample").to_numpy()
        for k, name in enumerate(map(str, draws["covariate"].to_numpy())):
            rows.append(
                {
                    "covariate": name,
                    "cleaning": cleaning_of_fit(fit),
                    "fit": fit.name,
                    "median": median[k],
                    "mean": float(draws[k].mean()),
                    "sd": float(draws[k].std()),
                    "lower_95": low[k],
                    "upper_95": high[k],
                    "diagnostics": fit.verdict,
                }
            )
    frame = pd.DataFrame(rows)
    return frame.merge(cleaning_spread(frame).reset_index(), on="covariate", how="left")


def cleaning_spread(frame: pd.DataFrame) -> pd.DataFrame:
    """How much of what is not known of each coefficient is a matter of the cleaning.

    Parameters
    ----------
    frame : DataFrame
        Columns of `compare_cleanings` up to sd and the interval; the row of the true
        trades counts for nothing here.

    Returns
    -------
    DataFrame
        Index covariate; lowest_median, highest_median with lowest_cleaning and
        highest_cleaning, spread between them, width of the first cleaning's 95%
        interval, and cleaning_share: with every cleaning as likely as the others, the
        share of the variance that lies between them.
    """
    columns = [
        *("lowest_median", "lowest_cleaning", "highest_median", "highest_cleaning"),
        *("spread", "width", "cleaning_share"),
    ]
    rows = {}
    cleaned = frame[frame["cleaning"] != TRUE_TRADES]
    for name, of_name in cleaned.groupby("covariate", sort=False):
        if len(of_name) < 2:
            continue
        lowest = of_name.iloc[of_name["median"].argmin()]
        highest = of_name.iloc[of_name["median"].argmax()]
        first = of_name.iloc[0]
        between = of_name["mean"].var(ddof=0)
        rows[name] = [
            *lowest[["median", "cleaning"]],
            *highest[["median", "cleaning"]],
            highest["median"] - lowest["median"],
            first["upper_95"] - first["lower_95"],
            between / (between + np.mean(of_name["sd"] ** 2)),
        ]
    spread = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return spread.rename_axis("covariate")


def _laid_out(_: Sequence[Fit], frame: pd.DataFrame) -> pd.DataFrame:
    cleanings = list(dict.fromkeys(frame["cleaning"]))
    shown: dict[str, list[str]] = {"Cleaning": [*cleanings, SPREAD, VARIANCE_SHARE]}
    for name, of_name in frame.groupby("covariate", sort=False):
        rows = of_name.set_index("cleaning")
        bounds = interval(rows["lower_95"], rows["upper_95"], 2)
        cells = (numbers(rows["median"], 2) + " " + bounds).reindex(cleanings)
        shown[covariate_name(str(name))] = [
            *cells.fillna(NOT_AVAILABLE),
            number(rows["spread"].iloc[0], 2),
            number(100 * rows["cleaning_share"].iloc[0], 0),
        ]
    return pd.DataFrame(shown)


def _caption(_: Sequence[Fit], frame: pd.DataFrame) -> str:
    caption = (
        "Log hazard ratio for one standard deviation more of each covariate as each "
        f"way of cleaning the same messages sees it: medians. {INTERVAL_NOTE} "
        "Half-lives, events and model are the same. Spread: between the lowest and the "
        "highest median. Share of variance: what of it lies between cleanings, were "
        "each as likely as the others."
    )
    if TRUE_TRADES in set(frame["cleaning"]):
        caption += (
            f" {TRUE_TRADES}: who truly traded, known because the messages are "
            "simulated; it counts for neither."
        )
    return caption


def figure_cleanings(_: Sequence[Fit], frame: pd.DataFrame) -> Figure:
    """Coefficients of each covariate by cleaning, with 95% intervals."""
    names = list(dict.fromkeys(frame["covariate"]))
    cleanings = list(dict.fromkeys(frame["cleaning"]))
    others = cycle(LOOKS)
    figure, (axes,) = new_figure(1, 1, 0.9 + INCHES_A_ROW * len(names))
    places = np.arange(len(names))[::-1]
    for place in places[::2]:
        axes.axhspan(place - 0.5, place + 0.5, color=GREY, alpha=0.12, linewidth=0)
    axes.axvline(0, color=GREY, linewidth=0.8)
    step = 0.8 / max(len(cleanings), 1)
    for at, cleaning in enumerate(cleanings):
        color, marker = TRUTH_LOOK if cleaning == TRUE_TRADES else next(others)
        rows = frame[frame["cleaning"] == cleaning]
        y = (
            places[[names.index(n) for n in rows["covariate"]]]
            + 0.4
            - step * (at + 0.5)
        )
        axes.hlines(y, rows["lower_95"], rows["upper_95"], color=color, linewidth=0.9)
        axes.plot(
            rows["median"], y, marker, color=color, markersize=4.5, label=cleaning
        )
    axes.set_yticks(places, [covariate_name(name) for name in names])
    axes.set_ylim(-0.5, len(names) - 0.5)
    axes.set_xlabel("Log hazard ratio for one standard deviation more")
    shared_legend(figure, [axes], 4)
    return figure


def cleaning_sentences(fits: Sequence[Fit], frame: pd.DataFrame) -> Iterable[str]:
    """What of the conclusions depends on the cleaning, where the draws are sound."""
    sound = [fit.name for fit in fits if fit.judgement.has_sound_draws]
    frame = frame[frame["fit"].isin(sound)]
    if frame["cleaning"].nunique() < 2:
        return
    cleaned = frame[frame["cleaning"] != TRUE_TRADES]
    spread = cleaning_spread(frame).sort_values("cleaning_share", ascending=False)
    if len(spread):
        name, most = spread.index[0], spread.iloc[0]
        yield (
            f"Under {cleaned['cleaning'].nunique()} ways to clean the same messages "
            f"most depends on the rules for {covariate_name(str(name))}: its "
            f"median log hazard ratio runs from {number(most['lowest_median'], 2)} "
            f"({most['lowest_cleaning']}) to {number(most['highest_median'], 2)} "
            f"({most['highest_cleaning']}), {number(most['spread'], 2)} beside a 95% "
            f"interval {number(most['width'], 2)} wide; "
            f"{number(100 * most['cleaning_share'], 0)} per cent of the variance of "
            "both lies between cleanings."
        )
    signs = cleaned.assign(
        sign=np.where(
            cleaned["lower_95"] > 0,
            "above",
            np.where(cleaned["upper_95"] < 0, "below", "around"),
        )
    ).groupby("covariate", sort=False)["sign"]
    differing = [
        covariate_name(str(name))
        for name, count in signs.nunique().items()
        if count > 1
    ]
    if differing:
        yield (
            "Whether the 95% interval excludes zero depends on the cleaning for "
            f"{joined(differing)}."
        )
    elif len(spread):
        yield "Which of the 95% intervals exclude zero depends on no cleaning here."


CLEANINGS = Exhibit(
    name="table_cleanings",
    caption=_caption,
    frame=compare_cleanings,
    columns=_laid_out,
    sentences=cleaning_sentences,
)

BY_CLEANING = drawn(
    figure_cleanings,
    "Log hazard ratio for one standard deviation more of each covariate, posterior "
    "median and 95% interval, by the rules that the transactions were cleaned by. "
    "Positive: the basis closes faster.",
    frame=compare_cleanings,
)
