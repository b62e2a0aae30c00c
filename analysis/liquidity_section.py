"""The report's sections on liquidity regimes and on the threshold regression."""

from collections.abc import Callable, Sequence
from functools import partial

from matplotlib.figure import Figure

from analysis.checks import checks_block, figure_of_fit
from analysis.figures_liquidity import (
    figure_data_autocorrelation,
    figure_episodes,
    figure_price_impact_and_depth,
    figure_threshold_regression,
)
from analysis.figures_regimes import (
    figure_fragility,
    figure_smoothed_states,
    figure_transition_matrices,
)
from analysis.figures_state_calibration import figure_state_calibration
from analysis.findings import findings_of_comparison, findings_of_fit
from analysis.fits import Fit
from analysis.liquidity_findings import regimes_findings, threshold_findings
from analysis.liquidity_words import (
    CAPTIONS,
    HOW_TO_READ,
    QUESTION,
    THRESHOLD_QUESTION,
)
from analysis.panel_block import panel_block, panel_words
from analysis.section import Block, ReportFigure, Section
from analysis.state_calibration import has_known_states, num_simulated_states
from analysis.tables import Table
from analysis.tables_comparison import by_panel, table_model_comparison
from analysis.tables_fit import table_fits
from analysis.tables_liquidity import (
    table_1_threshold_regression,
    table_models_side_by_side,
    table_of_regimes,
)
from analysis.tables_starts import table_starts
from analysis.tables_states import (
    table_expected_durations,
    table_fragility,
    table_state_forecast,
    table_transition_counts,
    table_transition_matrices,
)
from analysis.transitions import is_depth_driven

DATA_FIGURES = (
    figure_price_impact_and_depth,
    figure_data_autocorrelation,
    figure_episodes,
)


def _figure(draw: Callable[[Fit], Figure], fit: Fit) -> ReportFigure:
    return figure_of_fit(draw, CAPTIONS[draw], fit)


def _data_block(fits: Sequence[Fit], *, is_only_panel: bool) -> Block:
    """Figures 1 to 3 of the longest stretch of one panel."""
    fit = max(fits, key=lambda one: one.panel.sizes["day"])
    figures = [
        ReportFigure(draw.__name__, CAPTIONS[draw], partial(draw, fit))
        for draw in DATA_FIGURES
    ]
    return panel_block(
        "The data", panel_words(fit), fit, figures, is_only_panel=is_only_panel
    )


def _comparison_block(fits: Sequence[Fit]) -> Block:
    items: list[Table | ReportFigure] = [table_models_side_by_side(fits)]
    text = ""
    if any(fit.has("leave_future_out") for fit in fits):
        items.append(table_model_comparison(fits))
    else:
        text = (
            "No trace holds leave-future-out scores: covariate sets, constant against "
            "depth-driven transitions and numbers of states are not ranked."
        )
    if any(fit.has("starts") for fit in fits):
        items.append(table_starts(fits))
    return Block("Comparison of fits", text, tuple(items))


def _estimates_block(fit: Fit) -> Block:
    items: list[Table | ReportFigure] = [
        table_of_regimes(fit),
        table_transition_counts(fit),
        _figure(figure_smoothed_states, fit),
    ]
    if is_depth_driven(fit.posterior):
        items += [
            table_transition_matrices(fit),
            _figure(figure_transition_matrices, fit),
        ]
    items.append(table_expected_durations(fit))
    return Block(f"Estimates: {fit.name}", f"Variant {fit.variant}.", tuple(items))


def _fragility_block(fit: Fit) -> Block:
    items: list[Table | ReportFigure] = [table_fragility(fit)]
    if is_depth_driven(fit.posterior):
        items.insert(0, _figure(figure_fragility, fit))
    text, simulated = "", num_simulated_states(fit)
    if has_known_states(fit):
        items += [table_state_forecast(fit), _figure(figure_state_calibration, fit)]
    elif simulated is not None:
        text = (
            f"The panel was simulated with {simulated} states and this fit has "
            f"{fit.posterior.sizes['state']}: its state 1 is not that of the "
            "simulation, so its forecasts are not held against it."
        )
    return Block(f"Fragility: {fit.name}", text, tuple(items))


def liquidity_regimes_section(fits: Sequence[Fit]) -> Section:
    """Everything the report says about fits of the liquidity-regimes model.

    Parameters
    ----------
    fits : sequence of Fit
        Of any specifications and panels.

    Returns
    -------
    Section
    """
    panels = by_panel(fits)
    comparison = findings_of_comparison(fits)
    findings = [findings_of_fit(fit, regimes_findings) for fit in fits]
    return Section(
        title="Liquidity regimes and fragility",
        question=QUESTION,
        findings=(*findings, *([comparison] if comparison else [])),
        how_to_read=HOW_TO_READ,
        blocks=(
            Block("What was fitted", "", (table_fits(fits),)),
            *(_data_block(group, is_only_panel=len(panels) == 1) for group in panels),
            _comparison_block(fits),
            *(
                block
                for fit in fits
                for block in (_estimates_block(fit), _fragility_block(fit))
            ),
            *(checks_block(fit) for fit in fits),
        ),
    )


def _fits_and_starts(fits: Sequence[Fit]) -> tuple[Table, ...]:
    tables = [table_fits(fits)]
    if any(fit.has("starts") for fit in fits):
        tables.append(table_starts(fits))
    return tuple(tables)


def threshold_regression_section(fits: Sequence[Fit]) -> Section:
    """Everything the report says about fits of the threshold regression.

    Parameters
    ----------
    fits : sequence of Fit

    Returns
    -------
    Section
    """
    return Section(
        title="Price impact and volatility: threshold regression",
        question=THRESHOLD_QUESTION,
        findings=tuple(findings_of_fit(fit, threshold_findings) for fit in fits),
        how_to_read=tuple(
            entry for entry in HOW_TO_READ if entry[0] in ("95% interval", "V, VV, CS")
        ),
        blocks=(
            Block("Regressions fitted", "", _fits_and_starts(fits)),
            *(
                Block(
                    f"Estimates: {fit.name}",
                    "",
                    (
                        table_1_threshold_regression(fit),
                        _figure(figure_threshold_regression, fit),
                    ),
                )
                for fit in fits
            ),
            *(checks_block(fit) for fit in fits),
        ),
    )
