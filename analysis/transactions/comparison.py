"""What depends on the cleaning, and how near each comes to the truth of a twin."""

from collections.abc import Iterable, Sequence
from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.page.columns import counted, rounded, words
from analysis.page.exhibit import Exhibit, drawn
from analysis.page.style import GREY, LOOKS, new_figure, shared_legend
from analysis.page.table import number
from analysis.transactions.cleaning import Cleaning
from models.transactions.scoring import EVERYTHING, PRECISION, RECALL

COMPARED = {
    "volume_usd": "Volume",
    "trades": "Trades",
    "days": "CUSIP-days with a trade",
    "amihud": "Amihud, median",
    "round_trip_cost_bp": "Round-trip cost, median",
    "ats_share": "Share on trading systems",
    "principal_share": "Share of principals",
}
SMALLEST_PERCENT = 0.005
"""Drawn for less, none included: the axes are logarithmic."""


def measures(cleanings: Sequence[Cleaning]) -> pd.DataFrame:
    """Totals and typical measures of each cleaning, one row each."""
    return pd.DataFrame([_measures_of(each) for each in cleanings])


def _measures_of(cleaning: Cleaning) -> dict[str, object]:
    days = cleaning.days
    return {
        "cleaning": cleaning.name,
        "trades": int(days["trade_count"].sum()),
        "volume_usd": float(days["volume_usd"].sum()),
        "days": len(days),
        "amihud": float(days["amihud"].median()),
        "round_trip_cost_bp": float(days["round_trip_cost_bp"].median()),
        "ats_share": _weighted(days, "ats_share"),
        "principal_share": _weighted(days, "principal_share"),
    }


def _weighted(days: pd.DataFrame, name: str) -> float:
    known = days[days[name].notna()]
    volume = known["volume_usd"]
    return (
        float((known[name] * volume).sum() / volume.sum())
        if len(known)
        else float("nan")
    )


def _range_sentence(_: Sequence[Cleaning], frame: pd.DataFrame) -> Iterable[str]:
    volume = frame.set_index("cleaning")["volume_usd"]
    others = (100 * (volume / volume.iloc[0] - 1)).iloc[1:]
    ends = [
        f"{'+' if others[name] >= 0 else ''}{number(others[name], 1)}% ({name})"
        for name in (others.idxmin(), others.idxmax())
    ]
    between = f"between {ends[0]} and {ends[1]}" if len(others) > 1 else ends[0]
    yield (
        f"The volume under the other rules differs from that under {volume.index[0]} "
        f"by {between}."
    )


MEASURES = Exhibit(
    name="table_transactions_presets",
    caption="What each way of cleaning leaves of the same messages: medians over "
    "CUSIP-days of Amihud's measure and of imputed round-trip costs, shares by "
    "volume of trading systems and of dealers as principals.",
    frame=measures,
    columns=(
        words("Cleaning", "cleaning"),
        counted("Trades", "trades"),
        rounded("Volume, USD bn", lambda frame: frame["volume_usd"] / 1e9, 2),
        counted("CUSIP-days", "days"),
        rounded("Amihud, % per USD m", lambda frame: 100 * frame["amihud"], 3),
        rounded("Round trip, bp", "round_trip_cost_bp", 1),
        rounded("ATS share", "ats_share", 3),
        rounded("Principal share", "principal_share", 3),
    ),
    sentences=_range_sentence,
)


def figure_transactions_presets(
    cleanings: Sequence[Cleaning], frame: pd.DataFrame
) -> Figure:
    """Measures of each cleaning over those of the first."""
    relative = frame[list(COMPARED)] / frame.loc[0, list(COMPARED)] - 1
    known = [name for name in COMPARED if relative[name].notna().all()]
    figure, (axes,) = new_figure(1, 1, 0.9 + 0.4 * len(known))
    places = np.arange(len(known))[::-1]
    for place in places[::2]:
        axes.axhspan(place - 0.5, place + 0.5, color=GREY, alpha=0.12, linewidth=0)
    axes.axvline(0, color=GREY, linewidth=0.8)
    width = min(0.6, 0.2 * (len(frame) - 2))
    for at in range(1, len(frame)):
        color, marker = LOOKS[at % len(LOOKS)]
        shift = 0.0 if len(frame) < 3 else width * (0.5 - (at - 1) / (len(frame) - 2))
        axes.plot(
            100 * relative.loc[at, known].to_numpy(dtype=float),
            places + shift,
            marker,
            color=color,
            label=cleanings[at].name,
            markersize=5,
        )
    axes.set_yticks(places, [COMPARED[name] for name in known])
    axes.set_ylim(-0.5, len(known) - 0.5)
    axes.set_xlabel(f"Difference from {cleanings[0].name}, percent")
    shared_legend(figure, [axes], 4)
    return figure


def _differences_caption(cleanings: Sequence[Cleaning], _: pd.DataFrame) -> str:
    return (
        "Measures under each way of cleaning, as a difference from "
        f"{cleanings[0].name}, percent."
    )


DIFFERENCES = drawn(figure_transactions_presets, _differences_caption, frame=measures)


def scores(cleanings: Sequence[Cleaning]) -> pd.DataFrame:
    """Precision and recall of each cleaning against the truth of the simulation."""
    return pd.concat(
        [
            each.scores.assign(cleaning=each.name)
            for each in cleanings
            if each.scores is not None
        ],
        ignore_index=True,
    )


def of_all_trades(frame: pd.DataFrame) -> pd.DataFrame:
    """Share by cleaning and measure over every kind of true trade."""
    whole = frame[frame["reason"] == EVERYTHING]
    return whole.pivot_table("share", "cleaning", "measure", sort=False)


def _score_sentences(_: Sequence[Cleaning], frame: pd.DataFrame) -> Iterable[str]:
    for name, share in of_all_trades(frame).iterrows():
        yield (
            f"{name}: {share[RECALL]:.2%} of the true trades are kept, and "
            f"{share[PRECISION]:.2%} of what is kept are true trades."
        )


def _scores_laid_out(_: Sequence[Cleaning], frame: pd.DataFrame) -> pd.DataFrame:
    wide = frame[frame["measure"] == RECALL].pivot_table("share", "reason", "cleaning")
    wide = wide.rename(index={EVERYTHING: "recall of true trades"})
    precise = of_all_trades(frame)[PRECISION].rename("precision of trades kept")
    precision = precise.to_frame().T
    names = list(dict.fromkeys(frame["cleaning"]))
    wide = pd.concat([precision[names], wide[names]])
    display = wide.map(lambda share: number(share, 4)).rename_axis(columns=None)
    return display.reset_index(names="Of rows that truly are")


SCORES = Exhibit(
    name="table_transactions_scores",
    caption="Against the truth of the simulation: precision of the trades kept, recall "
    "of true trades, and of every other kind of row the share that was removed.",
    frame=scores,
    columns=_scores_laid_out,
    sentences=_score_sentences,
)


def figure_transactions_scores(_: Sequence[Cleaning], frame: pd.DataFrame) -> Figure:
    """Errors of each cleaning: wrong rows among those kept, true trades lost."""
    figure, (axes,) = new_figure(1, 1, 3.2)
    errors = 100 * (1 - of_all_trades(frame)[[PRECISION, RECALL]])
    rows = errors.clip(lower=SMALLEST_PERCENT).iterrows()
    for (name, row), (color, marker) in zip(rows, cycle(LOOKS), strict=False):
        axes.plot(
            row[PRECISION],
            row[RECALL],
            marker,
            color=color,
            markersize=8,
            label=name,
        )
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="Rows kept that are no trade of their own, % of rows kept",
        ylabel="True trades lost, % of true trades",
        xlim=(SMALLEST_PERCENT / 2, 100),
        ylim=(SMALLEST_PERCENT / 2, 100),
    )
    axes.grid(linewidth=0.4)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: f"{value:g}")
    shared_legend(figure, [axes], 5)
    return figure


ERRORS = drawn(
    figure_transactions_scores,
    "The two ways to err, percent, logarithmic axes: lower left is better.",
    frame=scores,
)
