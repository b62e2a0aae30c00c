"""The report's section on price pressure and price discovery."""

from collections.abc import Callable, Sequence
from functools import partial

from matplotlib.figure import Figure

from analysis.checks import checks_block, figure_of_fit
from analysis.figures_data import figure_factor_exposures, figure_inventories
from analysis.figures_price_pressure import (
    figure_order_flow_response,
    figure_price_pressure,
    figure_price_pressure_forest,
)
from analysis.figures_states import figure_efficient_yield, figure_smoothed_factors
from analysis.findings import findings_of_comparison, findings_of_fit
from analysis.fits import Fit
from analysis.panel_block import panel_block, panel_words
from analysis.price_pressure_findings import price_pressure_findings
from analysis.price_pressure_words import CAPTIONS, HOW_TO_READ, QUESTION
from analysis.section import Block, ReportFigure, Section
from analysis.tables import Table
from analysis.tables_coefficients import (
    COEFFICIENT_TABLES,
    table_6_variance_ratio,
    table_cash_exceeds_futures,
    table_factor_dynamics,
)
from analysis.tables_comparison import (
    by_panel,
    combined_warning,
    table_aic,
    table_model_comparison,
)
from analysis.tables_data import table_1_summary_statistics, table_2_hedging_regression
from analysis.tables_fit import table_fits

STATE_FIGURES = (figure_smoothed_factors, figure_efficient_yield)


def _figure(draw: Callable[[Fit], Figure], fit: Fit) -> ReportFigure:
    return figure_of_fit(draw, CAPTIONS[draw], fit)


def _data_block(fits: Sequence[Fit], *, is_only_panel: bool) -> Block:
    """Tables I and II, Figures 1 and 2 of the longest stretch of one panel."""
    fit = max(fits, key=lambda one: one.panel.sizes["week"])
    tables = (table_1_summary_statistics(fit), table_2_hedging_regression(fit))
    figures = (
        ReportFigure(draw.__name__, CAPTIONS[draw], partial(draw, fit))
        for draw in (figure_inventories, figure_factor_exposures)
    )
    return panel_block(
        "The data",
        panel_words(fit),
        fit,
        (*tables, *figures),
        is_only_panel=is_only_panel,
    )


def _estimates_block(fit: Fit) -> Block:
    items: list[Table | ReportFigure] = [
        COEFFICIENT_TABLES[fit.variant](fit),
        table_factor_dynamics(fit),
        _figure(figure_price_pressure, fit),
    ]
    if {"cash", "futures"} <= set(fit.posterior["inventory_market"].to_numpy()):
        items.append(table_cash_exceeds_futures(fit))
    if fit.has_order_flow:
        items += [
            table_6_variance_ratio(fit),
            _figure(figure_order_flow_response, fit),
        ]
    items += [_figure(draw, fit) for draw in STATE_FIGURES]
    return Block(f"Estimates: {fit.name}", f"Variant {fit.variant}.", tuple(items))


def _comparison_block(fits: Sequence[Fit]) -> Block:
    items: list[Table | ReportFigure] = [
        ReportFigure(
            figure_price_pressure_forest.__name__,
            CAPTIONS[figure_price_pressure_forest],
            partial(figure_price_pressure_forest, fits),
            combined_warning(fits),
        )
    ]
    text = ""
    if any(fit.has("leave_future_out") for fit in fits):
        items.append(table_model_comparison(fits))
    else:
        text = "No trace holds leave-future-out scores: variants are not ranked."
    if any(fit.has("posterior_mode") for fit in fits):
        items.append(table_aic(fits))
    return Block("Comparison of fits", text, tuple(items))


def price_pressure_section(fits: Sequence[Fit]) -> Section:
    """Everything the report says about fits of the price-pressure model.

    Parameters
    ----------
    fits : sequence of Fit
        Of any variants and panels.

    Returns
    -------
    Section
    """
    panels = by_panel(fits)
    comparison = findings_of_comparison(fits)
    findings = [findings_of_fit(fit, price_pressure_findings) for fit in fits]
    return Section(
        title="Price pressure and price discovery",
        question=QUESTION,
        findings=(*findings, *([comparison] if comparison else [])),
        how_to_read=HOW_TO_READ,
        blocks=(
            Block("What was fitted", "", (table_fits(fits),)),
            *(_data_block(group, is_only_panel=len(panels) == 1) for group in panels),
            _comparison_block(fits),
            *(_estimates_block(fit) for fit in fits),
            *(checks_block(fit) for fit in fits),
        ),
    )
