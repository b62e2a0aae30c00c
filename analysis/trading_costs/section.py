"""The report's section on trading costs."""

from collections.abc import Sequence

from analysis.every_model.checks import checks_block
from analysis.every_model.findings import findings_of_exhibits
from analysis.every_model.tables_comparison import of_fits
from analysis.every_model.tables_starts import tables_of_fits
from analysis.fit import Fit
from analysis.page.exhibit import estimates_block, items_of, of_fit, sentences_of
from analysis.page.glossary import glossary
from analysis.page.section import Block, Findings, Section
from analysis.trading_costs.coefficients import (
    BY_RESPONSE,
    COEFFICIENTS,
    of_one_formula,
)
from analysis.trading_costs.comparisons import OF_COMPARISONS
from analysis.trading_costs.figures import OF_FIGURES
from analysis.trading_costs.groups import OF_GROUPS
from analysis.trading_costs.spreads import SPREADS
from analysis.trading_costs.thresholds import BY_THRESHOLD

QUESTION = (
    "What does it cost to trade an off-the-run Treasury, and what do indicative "
    "spreads say about it (Sokolinskiy 2025)? The effective spread is twice what a "
    "trade's price lies from a fair value: the last indicative mid, carried along by "
    "the benchmark curve. The paper takes its absolute value, so that every error of "
    "the fair value becomes cost. Beside it stand twice the deviation in the "
    "customer's direction, whose mean no error moves, and a cost and an error apart in "
    "one likelihood."
)

SELECTION = (
    "Size is chosen knowing liquidity: what trades of a size cost is not what that "
    "size would cost at another time."
)

OF_A_FIT = (
    SPREADS,
    COEFFICIENTS,
    *OF_COMPARISONS,
    *OF_FIGURES,
    BY_THRESHOLD,
    *OF_GROUPS,
)


def trading_costs_section(fits: Sequence[Fit]) -> Section:
    """Everything the report says about fits of trading-cost regressions."""
    estimates = [of_fit(OF_A_FIT, fit) for fit in fits]
    responses = of_fits([BY_RESPONSE], of_one_formula(fits))
    disagreements = tuple(sentences_of(responses))
    together = [Findings("The responses beside each other", disagreements, True)]
    return Section(
        title="Trading costs",
        question=QUESTION,
        findings=(
            *map(findings_of_exhibits, fits, estimates),
            *(together if disagreements else ()),
        ),
        how_to_read=glossary(
            "effective_spread",
            "fair_value",
            "seasoning",
            "interval",
            "sign",
            "informed",
        ),
        blocks=(
            Block("What was fitted", SELECTION, tables_of_fits(fits)),
            Block("Responses", "", items_of(responses)),
            *map(estimates_block, fits, estimates),
            *map(checks_block, fits),
        ),
    )
