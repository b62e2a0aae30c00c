"""Which messages were removed, by rule, by reason and by year."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, PercentFormatter

from analysis.page.columns import counted, displayed, rounded, words
from analysis.page.exhibit import Exhibit, drawn
from analysis.page.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY_BLUE,
    VERMILLION,
    new_figure,
    shared_legend,
)
from analysis.transactions.cleaning import (
    GROUPS,
    MESSAGES,
    UNREADABLE,
    VOID,
    Cleaning,
)

GROUP_COLORS = dict(
    zip(GROUPS, (SKY_BLUE, VERMILLION, ORANGE, PURPLE, GREEN, GREY), strict=True)
)
KEPT_COLOR = BLUE
STEP_LABELS = {VOID: "voided records and the messages that void them"}

NOTHING_REMOVED_IS_SHOWN = ("reading",)


def steps(cleaning: Cleaning) -> pd.DataFrame:
    """Rows that each rule removed and left, in the order of the rules."""
    return pd.DataFrame(cleaning.account["steps"])


def _rule(frame: pd.DataFrame) -> pd.Series:
    return frame["step"].str.replace("-", " ")


def _steps_laid_out(cleaning: Cleaning, frame: pd.DataFrame) -> pd.DataFrame:
    total = cleaning.account["rows"]["input"]
    used = frame[(frame["removed"] > 0) | frame["step"].isin(NOTHING_REMOVED_IS_SHOWN)]
    columns = (
        words("Rule", _rule),
        counted("Removed", "removed"),
        rounded("% of input", lambda frame: 100 * frame["removed"] / total, 2),
        counted("Left", "left"),
        words("Source", "source"),
    )
    return displayed(used, columns)


def _steps_caption(cleaning: Cleaning, _: pd.DataFrame) -> str:
    return (
        f"Rows that each rule of the preset {cleaning.account['preset']} removed, in "
        f"order, of {cleaning.account['rows']['input']:,} messages; rules that removed "
        "none are left out here."
    )


def _account_sentences(cleaning: Cleaning, _: pd.DataFrame) -> Iterable[str]:
    rows = cleaning.account["rows"]
    by_group = cleaning.rejects.groupby("group")["rows"].sum().sort_values()
    yield (
        f"Of {rows['input']:,} messages {rows['kept']:,} "
        f"({rows['kept'] / rows['input']:.1%}) are kept as trades and "
        f"{rows['rejected']:,} are removed, each with its reason."
    )
    if len(by_group):
        largest = by_group.index[-1]
        yield f"Most of what is removed are {largest} ({by_group.iloc[-1]:,} rows)."
    unmatched = sum(each["rows"] for each in cleaning.account["unmatched"])
    yield f"{unmatched:,} cancels and reversals match no record in the files."


STEPS = Exhibit(
    name="table_transactions_steps",
    caption=_steps_caption,
    frame=steps,
    columns=_steps_laid_out,
    sentences=_account_sentences,
)


def reasons(cleaning: Cleaning) -> pd.DataFrame:
    """Rows removed by group, reason and year of execution."""
    return cleaning.rejects.groupby(["group", "reason", "year"], as_index=False).agg(
        rows=("rows", "sum")
    )


def _by_year(_: Cleaning, frame: pd.DataFrame) -> pd.DataFrame:
    wide = frame.pivot_table(
        index=["group", "reason"], columns="year", values="rows", fill_value=0
    )
    display = wide.astype(int).map("{:,}".format).rename(columns=str)
    display = display.rename_axis(columns=None).reset_index()
    return display.rename(columns={"group": "Kind", "reason": "Reason"})


REASONS = Exhibit(
    name="table_transactions_reasons",
    caption="Rows removed, by reason and year of execution.",
    frame=reasons,
    columns=_by_year,
)


def figure_transactions_by_year(cleaning: Cleaning, frame: pd.DataFrame) -> Figure:
    """Share of every year's messages that was kept, and why the others were not."""
    kept = pd.DataFrame(cleaning.account["kept_by_year"]).set_index("year")["rows"]
    removed = frame.pivot_table(
        index="year", columns="group", values="rows", aggfunc="sum", fill_value=0
    )
    counts = removed.reindex(columns=list(GROUPS), fill_value=0)
    counts.insert(0, "kept as trades", kept.reindex(counts.index, fill_value=0))
    shares = counts.div(counts.sum(axis=1), axis=0)
    figure, (axes,) = new_figure(1, 1, 3.0)
    bottom = np.zeros(len(shares))
    for name, color in {"kept as trades": KEPT_COLOR, **GROUP_COLORS}.items():
        values = shares[name].to_numpy()
        if values.any():
            axes.bar(
                shares.index, values, 0.85, bottom, color=color, label=name, linewidth=0
            )
            bottom += values
    axes.set(ylabel="Share of the messages", xlabel="Year of execution", ylim=(0, 1))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    shared_legend(figure, [axes], 4)
    return figure


BY_YEAR = drawn(
    figure_transactions_by_year,
    "Messages by year of execution: the share kept as trades, and why the others were "
    "not.",
    frame=reasons,
)


def figure_transactions_steps(cleaning: Cleaning, frame: pd.DataFrame) -> Figure:
    """Rows that each rule removed, on a logarithmic scale.

    A rule of the life cycle removes records and the messages that void them alike.
    """
    used = frame[frame["removed"] > 0].iloc[::-1]
    groups = cleaning.rejects.replace({"group": {MESSAGES: VOID}})
    most = groups.groupby("step")["group"].agg(lambda of: of.mode().iloc[0])
    kinds = [str(most.get(step, UNREADABLE)) for step in used["step"]]
    colors = [GROUP_COLORS[kind] for kind in kinds]
    figure, (axes,) = new_figure(1, 1, 0.7 + 0.2 * len(used))
    names = _rule(used)
    axes.barh(names, used["removed"], 0.7, color=colors)
    for name, rows in zip(names, used["removed"], strict=True):
        axes.annotate(
            f"{rows:,}",
            (rows, name),
            (3, 0),
            textcoords="offset points",
            va="center",
            fontsize=7,
        )
    axes.set_xscale("log")
    axes.set(xlabel="Rows removed (logarithmic scale)", xlim=(0.7, None))
    axes.margins(x=0.12)
    handles = [
        Patch(color=GROUP_COLORS[kind], label=STEP_LABELS.get(kind, kind))
        for kind in dict.fromkeys(reversed(kinds))
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    return figure


BY_STEP = drawn(
    figure_transactions_steps,
    "Rows that each rule removed, in the order of the rules.",
    frame=steps,
)
