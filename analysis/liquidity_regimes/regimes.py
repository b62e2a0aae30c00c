"""What sets liquidity states apart: Tables 2 and 3 of the paper."""

from collections.abc import Iterable, Sequence

import pandas as pd

from analysis.estimates import is_settled, summarise_draws, summary_of_one
from analysis.every_model.findings import joined, range_words
from analysis.fit import Fit
from analysis.liquidity_regimes.description import REGIME_WORDS, transition_label
from analysis.liquidity_regimes.estimates import (
    SIGNED_TERMS,
    has_published_counterpart,
    is_ten_year_or_unlabelled,
    regimes_beside_published,
    specification_of,
)
from analysis.liquidity_regimes.transitions import is_depth_driven
from analysis.liquidity_regimes.words import DECIMALS, PAPER_NOTE, PAPER_TABLES
from analysis.page.columns import (
    Column,
    answer,
    bounds,
    displayed,
    once,
    rounded,
    words,
)
from analysis.page.exhibit import Exhibit
from analysis.page.table import (
    INTERVAL_NOTE,
    NOT_AVAILABLE,
    numbers,
    probability,
    unbroken,
)
from data.liquidity_regimes.columns import COVARIATE_COLUMNS

READING_ORDER = {
    name: f"{place:02d}"
    for place, name in enumerate([*REGIME_WORDS, *COVARIATE_COLUMNS])
}
"""Parameter or covariate -> what it is sorted by."""

COVARIATE_NAMES = {
    "VV": "the surprise in the volatility of volatility",
    "CS": "the surprise in volatility's persistence",
}

NOT_IN_THE_PAPER = "The paper prints estimates for the 10-year note only."


def place_label(row: pd.Series) -> str:
    """Words for the place of an estimate: "V, state 1", "state 2", "1→3"."""
    if row["parameter"].startswith("transition"):
        return transition_label(row["state"], row["term"])
    parts = [row["security"], row["term"], f"state {row['state']}"]
    return ", ".join(part for part in parts if part)


def _places(frame: pd.DataFrame) -> pd.Series:
    return frame.apply(place_label, axis=1).map(unbroken)


def _parameters(frame: pd.DataFrame) -> pd.Series:
    return frame["parameter"].map(REGIME_WORDS)


def _sign(frame: pd.DataFrame) -> pd.Series:
    """Of what may have either sign."""
    is_open = (frame["parameter"] == "transition_depth_slope") | frame["term"].isin(
        SIGNED_TERMS
    )
    return probability(frame["probability_positive"]).where(is_open, "")


OF_THE_FIT = (
    once("Parameter", _parameters),
    words("Of", _places),
    rounded("Mean", "mean", DECIMALS),
    rounded("SD", "sd", DECIMALS),
    bounds(DECIMALS),
    Column("P(> 0)", _sign),
    words("Data", lambda frame: frame["information"].fillna(NOT_AVAILABLE)),
)

OF_THE_PAPER = (
    rounded("Paper, 10-year", "estimate", DECIMALS),
    rounded("Paper SE", "standard_error", DECIMALS),
    answer("Paper inside", "published_inside"),
)


def _laid_out(_: Fit, frame: pd.DataFrame) -> pd.DataFrame:
    has_counterpart = frame["estimate"].notna().any()
    return displayed(frame, OF_THE_FIT + OF_THE_PAPER * bool(has_counterpart))


def _caption(fit: Fit, _: pd.DataFrame) -> str:
    note = (
        "The paper has no such specification."
        if is_ten_year_or_unlabelled(fit)
        else NOT_IN_THE_PAPER
    )
    if has_published_counterpart(fit):
        note = PAPER_NOTE
    elif fit.simulated:
        note = ""
    chosen = specification_of(fit)
    table = PAPER_TABLES[chosen["transition"]]
    if chosen["noise"] == "student-t":
        note += " sigma is the scale of the Student-t noise."
    return (
        f"Posterior of {fit.name}: Model {chosen['covariates']}, {fit.variant} "
        f"({fit.span}){fit.published:, beside Table {table} of the paper}. "
        f"{INTERVAL_NOTE} P(> 0) where the sign is open. Data: what the data said of "
        f"the parameter; one that is not informed repeats its prior. {note}"
    ).strip()


def slope_sentence(fit: Fit) -> str:
    """How much more price impact rises with volatility when liquidity is low."""
    slope = fit.posterior["price_impact_slope"].sel(covariate="V", drop=True)
    whose = ""
    if "security" in slope.dims:
        slope = slope.isel(security=0)
        whose = f" of {slope['security'].item()}"
    states = slope["state"].to_numpy()
    ratio = slope.sel(state=states[0]) / slope.sel(state=states[-1])
    times = summary_of_one(ratio)
    parts = [
        f"{range_words(row, 3)} in state {state}"
        for state, row in summarise_draws(slope).to_dataframe().iterrows()
    ]
    return (
        f"A basis point more of volatility goes with a price impact{whose} higher by "
        f"{joined(parts)} (95% intervals): {range_words(times, 1)} times as much where "
        "liquidity is lowest as where it is highest."
    )


def surprise_sentence(frame: pd.DataFrame) -> str:
    """Signs of what goes with price impact besides volatility; empty for Model I."""
    frame = frame[frame["term"].isin(SIGNED_TERMS)]
    frame = frame[frame["parameter"] == "price_impact_slope"]
    sentences = []
    for term, rows in frame.groupby("term", sort=False):
        places = {
            "higher": rows[rows["lower_95"] > 0],
            "lower": rows[rows["upper_95"] < 0],
            "not settled": rows[~is_settled(rows)],
        }
        parts = [
            f"{words} in {joined([_state_words(row) for _, row in found.iterrows()])}"
            for words, found in places.items()
            if len(found)
        ]
        sentences.append(
            f"Price impact that goes with {COVARIATE_NAMES[str(term)]} is "
            f"{joined(parts)}."
        )
    return " ".join(sentences)


def _state_words(row: pd.Series) -> str:
    security = f" ({row['security']})" if row["security"] else ""
    return f"state {row['state']}{security}"


def published_sentence(fit: Fit, frame: pd.DataFrame) -> str:
    """How many estimates agree with the paper's and which do not."""
    frame = frame[frame["published_inside"].notna()]
    if frame.empty:
        if fit.simulated:
            return ""
        return (
            "The paper has no such specification to set this one beside."
            if is_ten_year_or_unlabelled(fit)
            else NOT_IN_THE_PAPER
        )
    inside = frame["published_inside"].astype(bool)
    outside = [
        f"{REGIME_WORDS[row['parameter']].partition(' (')[0]} {place_label(row)}"
        for _, row in frame[~inside].iterrows()
    ]
    table = PAPER_TABLES[specification_of(fit)["transition"]]
    sentence = (
        f"The estimate in Table {table} of the paper, of the 10-year note, lies inside "
        "the 95% interval for "
        f"{inside.sum()} of {len(inside)} parameters"
    )
    return f"{sentence} (outside: {joined(outside)})." if outside else f"{sentence}."


def depth_sentence(frame: pd.DataFrame) -> str:
    """Which transitions go with depth; empty for constant transitions."""
    frame = frame[frame["parameter"] == "transition_depth_slope"]
    if frame.empty:
        return ""
    settled = is_settled(frame)
    more = [_move(row) for _, row in frame[settled & (frame["mean"] > 0)].iterrows()]
    less = [_move(row) for _, row in frame[settled & (frame["mean"] < 0)].iterrows()]
    open_ = [
        f"{_move(row)} (probability of a positive sign "
        f"{row['probability_positive']:.2f})"
        for _, row in frame[~settled].iterrows()
    ]
    parts = []
    if more:
        parts.append(f"rise with depth for {joined(more)}")
    if less:
        parts.append(f"fall with depth for {joined(less)}")
    if open_:
        parts.append(f"have no settled direction for {joined(open_)}")
    return f"Log odds against moving to state 1 {'; '.join(parts)}."


def _move(row: pd.Series) -> str:
    return transition_label(row["state"], row["term"])


def _sentences(fit: Fit, frame: pd.DataFrame) -> Iterable[str]:
    yield slope_sentence(fit)
    yield surprise_sentence(frame)
    yield depth_sentence(frame)
    yield published_sentence(fit, frame)


CONSTANT_TRANSITIONS = Exhibit(
    name="table_2_constant_transitions",
    caption=_caption,
    frame=regimes_beside_published,
    columns=_laid_out,
    sentences=_sentences,
    shown=lambda fit: not is_depth_driven(fit.posterior),
)

DEPTH_TRANSITIONS = Exhibit(
    name="table_3_depth_transitions",
    caption=_caption,
    frame=regimes_beside_published,
    columns=_laid_out,
    sentences=_sentences,
    shown=lambda fit: is_depth_driven(fit.posterior),
)


def regimes_of(fits: Sequence[Fit]) -> pd.DataFrame:
    """`regimes_beside_published` of every fit, with its name."""
    frames = [regimes_beside_published(fit).assign(fit=fit.name) for fit in fits]
    return pd.concat(frames, ignore_index=True)


def _side_by_side(fits: Sequence[Fit], frame: pd.DataFrame) -> pd.DataFrame:
    sd = numbers(frame["sd"], DECIMALS)
    cells = numbers(frame["mean"], DECIMALS) + " (" + sd + ")"
    keys = ["parameter", "state", "term", "security"]
    wide = (
        frame.assign(cell=cells)
        .pivot_table(index=keys, columns="fit", values="cell", aggfunc="first")
        .reset_index()
        .sort_values(
            ["parameter", "security", "state", "term"],
            key=lambda column: column.map(
                lambda value: READING_ORDER.get(value, value)
            ),
            ignore_index=True,
        )
        .fillna("")
    )
    of_each = [words(fit.name, fit.name) for fit in fits]
    return displayed(
        wide, (once("Parameter", _parameters), words("Of", _places), *of_each)
    )


SIDE_BY_SIDE = Exhibit(
    name="table_models_side_by_side",
    caption="Posterior mean (standard deviation) of every fit, in the layout of Tables "
    "2 and 3 of the paper. States are ordered by their volatility slope, 1 the least "
    "liquid.",
    frame=regimes_of,
    columns=_side_by_side,
)
