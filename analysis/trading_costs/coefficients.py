"""What goes with a trading cost: coefficients of a fit, and under every response."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from analysis.estimates import element_estimates, is_settled
from analysis.every_model.findings import joined, range_words
from analysis.fit import Fit
from analysis.page.columns import bounds, chance, displayed, rounded, words
from analysis.page.exhibit import Exhibit
from analysis.page.table import INTERVAL_NOTE, interval, number, numbers
from analysis.trading_costs.description import element_label
from data.arrays import FloatArray
from data.dims import COEFFICIENT
from models.trading_costs.specification import ABSOLUTE, JOINT, RESPONSES, SIGNED

UNITS = {
    ABSOLUTE: "basis points of the full effective spread",
    SIGNED: "basis points of the full effective spread",
    JOINT: "log of the expected half-spread",
}
"""Response -> what a coefficient changes."""

PAPER_SIGNS = (
    "The paper finds that indicative spreads overstate the costs of seasoned issues "
    "(spread × seasoning below zero) and tell more where benchmark liquidity is poor "
    "(spread × illiquidity above zero). Its estimates cannot be read anywhere public, "
    "so that none stand here."
)

ABSOLUTE_CAVEAT = (
    "The response counts every error of the fair value as cost: nothing here is a cost "
    "alone. The responses signed and joint do not."
)


FOLDING = (
    " At no cost: the same regression of twice the absolute error of the fair value "
    "alone, one drawn for each trade from its stated standard deviation."
)


def formula_of(fit: Fit) -> str:
    """Formula of a fit, named or its user's own."""
    return str(fit.tree.attrs["formula"])


def coefficients(fit: Fit) -> pd.DataFrame:
    """Posterior of each coefficient.

    Returns
    -------
    DataFrame
        Columns term, mean, sd, lower_95, upper_95, probability_positive, information,
        formula, error_alone (of the response absolute: what the coefficient would be
        at no cost), variant, diagnostics.
    """
    frame = element_estimates(fit.posterior, ["coefficient"], element_label)
    told = fit.diagnostics["information"].reindex(frame["element"]).to_numpy()
    frame = frame.assign(
        term=frame["label"],
        information=told,
        formula=formula_of(fit),
        error_alone=_error_alone(fit),
    ).drop(columns=["parameter", "element", "label"])
    return fit.marked(frame)


def _error_alone(fit: Fit) -> FloatArray:
    if not fit.has("folding"):
        return np.full(fit.panel.sizes[COEFFICIENT], np.nan)
    return fit.group("folding")["coefficient"].to_numpy()


def _columns(_: Fit, frame: pd.DataFrame) -> pd.DataFrame:
    folded = rounded("At no cost", "error_alone", 3)
    shown = [*COLUMNS]
    if frame["error_alone"].notna().any():
        shown.insert(4, folded)
    return displayed(frame, shown)


def _caption(fit: Fit, _: pd.DataFrame) -> str:
    return (
        f"Coefficients of {fit.name}: formula {formula_of(fit)}, response "
        f"{fit.variant} ({RESPONSES[fit.variant]}), {UNITS[fit.variant]} "
        f"({fit.span}). Spread, seasoning and illiquidity are centred: the intercept "
        f"is the cost at their medians. {INTERVAL_NOTE} {PAPER_SIGNS}"
        f"{FOLDING if fit.has('folding') else ''}"
    )


def _sentences(fit: Fit, frame: pd.DataFrame) -> Iterable[str]:
    # Levels are costs themselves, and the figures show them.
    terms = frame[~frame["term"].str.match("Intercept|volume_bin")]
    settled = terms[is_settled(terms)]
    if fit.variant == ABSOLUTE:
        yield ABSOLUTE_CAVEAT
        folded = terms[np.abs(terms["error_alone"]) > 0.5 * np.abs(terms["mean"])]
        folded = folded[is_settled(folded)]
        if len(folded):
            parts = [
                f"{row['term']} ({number(row['error_alone'], 3)} of "
                f"{number(row['mean'], 3)})"
                for _, row in folded.iterrows()
            ]
            yield (
                "Errors alone, at no cost, would give more than half of the "
                f"coefficients of {joined(parts)}."
            )
    if len(settled):
        parts = [
            f"{row['term']} ({range_words(row, 3)})" for _, row in settled.iterrows()
        ]
        yield f"In {UNITS[fit.variant]}, settled: {joined(parts)}."
    unsettled = [str(term) for term in terms.loc[~is_settled(terms), "term"]]
    if unsettled:
        yield f"The data do not settle the sign of {joined(unsettled)}."


COLUMNS = (
    words("Term", "term"),
    rounded("Mean", "mean", 3),
    rounded("SD", "sd", 3),
    bounds(3),
    chance("P(> 0)", "probability_positive"),
    words("What the data say", "information"),
)

COEFFICIENTS = Exhibit(
    name="table_trading_cost_coefficients",
    caption=_caption,
    frame=coefficients,
    columns=_columns,
    sentences=_sentences,
)


def by_response(fits: Sequence[Fit]) -> pd.DataFrame:
    """Coefficients of fits of one formula that differ in the response."""
    return pd.concat([coefficients(fit).assign(fit=fit.name) for fit in fits])


def _side_by_side(fits: Sequence[Fit], frame: pd.DataFrame) -> pd.DataFrame:
    terms = list(dict.fromkeys(frame["term"]))
    shown: dict[str, Iterable[str]] = {"Term": terms}
    for fit in fits:
        rows = frame[frame["fit"] == fit.name].set_index("term").reindex(terms)
        cells = numbers(rows["mean"], 3) + " "
        cells += interval(rows["lower_95"], rows["upper_95"], 3)
        shown[f"{fit.variant} ({fit.name})"] = cells.where(rows["mean"].notna(), "")
    return pd.DataFrame(shown)


def disagreement(fits: Sequence[Fit], frame: pd.DataFrame) -> Iterable[str]:
    """Which terms a response settles and another does not, or the other way round."""
    sign = frame.assign(
        sign=is_settled(frame) * (1 - 2 * (frame["upper_95"] < 0).astype(int))
    )
    wide = sign.pivot_table(index="term", columns="variant", values="sign", sort=False)
    for ours, other in ((SIGNED, ABSOLUTE), (JOINT, SIGNED)):
        if not {ours, other} <= set(wide):
            continue
        both = wide[[ours, other]].dropna().drop(index="Intercept", errors="ignore")
        differing = list(both.index[both[ours] != both[other]])
        if differing:
            yield (
                f"The responses {other} and {ours} do not say the same of the sign of "
                f"{joined(differing)}: what errors of the fair value or the shape of "
                "costs account for is not settled."
            )


BY_RESPONSE = Exhibit(
    name="table_trading_costs_by_response",
    caption=(
        "The same formula under each response: mean and 95% interval. Absolute: the "
        "published response, errors of the fair value included. Signed: cost in the "
        "customer's direction. Both in basis points of the full effective spread. "
        "Joint: log of the expected half-spread, of logarithms of spread and age."
    ),
    frame=by_response,
    columns=_side_by_side,
    sentences=disagreement,
)


def of_one_formula(fits: Sequence[Fit]) -> list[list[Fit]]:
    """Fits of the same panel and formula under several responses."""
    groups: dict[tuple[str, str], list[Fit]] = {}
    for fit in fits:
        groups.setdefault((fit.panel_hash, formula_of(fit)), []).append(fit)
    return [
        group for group in groups.values() if len({fit.variant for fit in group}) > 1
    ]
