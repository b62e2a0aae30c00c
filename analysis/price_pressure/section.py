"""The report's section on price pressure and price discovery."""

from collections.abc import Sequence

from analysis.every_model.checks import checks_block
from analysis.every_model.findings import findings_of_comparison, findings_of_exhibits
from analysis.every_model.tables_comparison import (
    MODEL_COMPARISON,
    by_panel,
    of_fits,
)
from analysis.every_model.tables_starts import tables_of_fits
from analysis.fit import Fit
from analysis.page.exhibit import (
    Exhibit,
    estimates_block,
    items_of,
    of_fit,
    of_subject,
)
from analysis.page.glossary import glossary
from analysis.page.panel_block import panel_block, panel_words
from analysis.page.section import Block, Section
from analysis.price_pressure.aic import AIC
from analysis.price_pressure.cash_and_futures import CASH_AGAINST_FUTURES
from analysis.price_pressure.conclusion import WHAT_THE_CONCLUSION_HANGS_ON
from analysis.price_pressure.data import EXPOSURES, INVENTORIES, SUMMARY_STATISTICS
from analysis.price_pressure.discovery import RESPONSE, VARIANCE_RATIO
from analysis.price_pressure.dynamics import (
    EFFICIENT_YIELD,
    FACTOR_DYNAMICS,
    SMOOTHED_FACTORS,
)
from analysis.price_pressure.estimates import has_inventory
from analysis.price_pressure.hedging_regression import HEDGING
from analysis.price_pressure.pressure import (
    PRESSURE_THROUGH_TIME,
    coefficients_of,
)
from analysis.price_pressure.pressure_of_fits import PRESSURE_OF_FITS
from analysis.price_pressure.words import QUESTION

OF_A_PANEL = (SUMMARY_STATISTICS, HEDGING, INVENTORIES, EXPOSURES)

OF_A_FIT = (
    PRESSURE_THROUGH_TIME,
    CASH_AGAINST_FUTURES,
    VARIANCE_RATIO,
    RESPONSE,
    FACTOR_DYNAMICS,
    SMOOTHED_FACTORS,
    EFFICIENT_YIELD,
)
"""After the table of coefficients, whose name depends on the variant."""


def exhibits_of(fit: Fit) -> tuple[Exhibit, ...]:
    """What is shown of a fit, in order."""
    return coefficients_of(fit), *OF_A_FIT


def _data_block(fits: Sequence[Fit], *, is_only_panel: bool) -> Block:
    """Tables I and II, Figures 1 and 2 of the longest stretch of one panel."""
    fit = max(fits, key=lambda one: one.panel.sizes[one.description.time_dim])
    items = items_of(of_subject(OF_A_PANEL, fit))
    return panel_block(
        "The data", panel_words(fit), fit, items, is_only_panel=is_only_panel
    )


def _comparison_block(fits: Sequence[Fit]) -> Block:
    pressed = [fit for fit in fits if has_inventory(fit)]
    of_pressed = of_fits([WHAT_THE_CONCLUSION_HANGS_ON, PRESSURE_OF_FITS], [pressed])
    ranked = of_fits([MODEL_COMPARISON, AIC], [fits])
    text = ""
    if not MODEL_COMPARISON.shown(fits):
        text = "No trace holds leave-future-out scores: variants are not ranked."
    return Block("Comparison of fits", text, items_of([*of_pressed, *ranked]))


def price_pressure_section(fits: Sequence[Fit]) -> Section:
    """Everything the report says about fits of the price-pressure model.

    Parameters
    ----------
    fits : sequence of Fit
        Of any variants and panels.
    """
    panels = by_panel(fits)
    comparison = findings_of_comparison(fits)
    shown = [of_fit(exhibits_of(fit), fit) for fit in fits]
    return Section(
        title="Price pressure and price discovery",
        question=QUESTION,
        findings=(
            *map(findings_of_exhibits, fits, shown),
            *([comparison] if comparison else []),
        ),
        how_to_read=glossary(
            "price_pressure", "price_discovery", "interval", "sign", "paper", "informed"
        ),
        blocks=(
            Block("What was fitted", "", tables_of_fits(fits)),
            *(_data_block(group, is_only_panel=len(panels) == 1) for group in panels),
            _comparison_block(fits),
            *map(estimates_block, fits, shown),
            *(checks_block(fit) for fit in fits),
        ),
    )
