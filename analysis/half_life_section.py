"""The report's section on the basis, its dislocations and who closes them."""

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from analysis import basis_words, half_life_words
from analysis.basis_findings import basis_sentences
from analysis.checks import checks_block, figure_of_fit, mixing_block
from analysis.figures_basis import (
    figure_basis_deviation,
    figure_basis_half_life,
    figure_basis_level,
)
from analysis.figures_half_life import (
    concentration_is_shown,
    figure_half_life_concentration,
    figure_partial_effects,
    figure_who_closes_basis,
)
from analysis.figures_survival import figure_survival_check
from analysis.findings import findings_of_fit
from analysis.fits import Fit
from analysis.half_life_effects import has_covariates
from analysis.half_life_events import (
    distinct_outcomes,
    events_of,
    set_aside_counts,
    used_events,
)
from analysis.half_life_findings import NO_COVARIATES, half_life_sentences
from analysis.notebook_regression import notebook_regression
from analysis.panel_block import panel_block, panel_words
from analysis.section import Block, Findings, ReportFigure, Section
from analysis.tables import Table
from analysis.tables_basis import table_basis_decomposition, table_variance_shares
from analysis.tables_comparison import by_panel
from analysis.tables_fit import (
    table_fits,
)
from analysis.tables_half_life import (
    table_coefficient_information,
    table_half_life_coefficients,
    table_notebook_regression,
)
from analysis.tables_half_life_comparison import (
    comparable_fits,
    compare_leave_one_out,
    is_imputed,
    plug_in_counterpart,
    score_sentence,
    table_leave_one_out,
    table_propagation,
)
from analysis.tables_half_life_events import (
    table_half_life_outcomes,
    table_half_life_summary,
    table_set_aside,
)
from models.half_life_specification import LINEAR

BASIS_MODEL = "basis-decomposition"


def _figure(draw: Callable[[Fit], Figure], fit: Fit) -> ReportFigure:
    return figure_of_fit(draw, half_life_words.CAPTIONS[draw], fit)


def followed_events(fits: Sequence[Fit]) -> pd.DataFrame:
    """Events to mark beside the deviation: those of the first regression's panel.

    Parameters
    ----------
    fits : sequence of Fit
        Half-life regressions; may be empty.

    Returns
    -------
    DataFrame
        Columns date, tenor, is_censored of the first imputation, one row an outcome.
    """
    if not fits:
        none = {"date": pd.DatetimeIndex([]), "tenor": [], "is_censored": []}
        return pd.DataFrame(none)
    used = distinct_outcomes(used_events(events_of(fits[0])))
    first = used[used["imputation"] == used["imputation"].min()]
    return first.rename(columns={"deviation_date": "date"})[
        ["date", "tenor", "is_censored"]
    ]


def _basis_block(fit: Fit, events: pd.DataFrame) -> Block:
    deviation = ReportFigure(
        figure_basis_deviation.__name__,
        f"{basis_words.CAPTIONS[figure_basis_deviation]} {fit.name}, {fit.span}.",
        partial(figure_basis_deviation, fit, events),
        fit.warning,
        fit.name,
    )
    level, half_life = (
        figure_of_fit(draw, basis_words.CAPTIONS[draw], fit)
        for draw in (figure_basis_level, figure_basis_half_life)
    )
    tables = table_basis_decomposition(fit), table_variance_shares(fit)
    return Block(
        f"Decomposition of the basis: {fit.name}",
        "",
        (*tables, level, deviation, half_life),
    )


def _events_block(fits: Sequence[Fit], *, is_only_panel: bool) -> Block:
    """Events of one panel and what the notebook's own regression makes of them."""
    fit = fits[0]
    tables = [table_half_life_summary(fit), table_half_life_outcomes(fit)]
    if len(set_aside_counts(events_of(fit))):
        tables.append(table_set_aside(fit))
    if not notebook_regression(fit).empty:
        tables.append(table_notebook_regression(fit))
    notes = [str(note) for note in fit.tree.attrs.get("notes", [])]
    enters = f" What enters: {'; '.join(notes)}." if notes else ""
    text = panel_words(fit) + enters
    return panel_block("The events", text, fit, tables, is_only_panel=is_only_panel)


def _coefficients_block(fits: Sequence[Fit], *, is_only_panel: bool) -> Block:
    with_covariates = [fit for fit in fits if has_covariates(fit)]
    tables = [table_half_life_coefficients(with_covariates)] if with_covariates else []
    tables += [table_leave_one_out(group) for group in comparable_fits(fits)]
    return panel_block(
        "What goes with the half-life",
        "" if with_covariates else NO_COVARIATES,
        fits[0],
        tables,
        is_only_panel=is_only_panel,
    )


def _estimates_block(fit: Fit, fits: Sequence[Fit]) -> Block:
    items: list[Table | ReportFigure] = []
    is_duration = fit.variant != LINEAR
    if has_covariates(fit):
        items.append(table_coefficient_information(fit))
    if is_imputed(fit):
        items.append(table_propagation(fit, plug_in_counterpart(fit, fits)))
    if is_duration and has_covariates(fit):
        items.append(_figure(figure_who_closes_basis, fit))
        if concentration_is_shown(fit):
            items.append(_figure(figure_half_life_concentration, fit))
        items.append(_figure(figure_partial_effects, fit))
    if is_duration:
        items.append(_figure(figure_survival_check, fit))
    return Block(f"Estimates: {fit.name}", f"Variant {fit.variant}.", tuple(items))


def _checks_of_regression(fit: Fit) -> Block:
    return mixing_block(fit) if fit.variant == LINEAR else checks_block(fit)


def _comparison_findings(fits: Sequence[Fit]) -> list[Findings]:
    usable = [fit for fit in fits if fit.is_usable]
    sentences = [
        score_sentence(compare_leave_one_out(group))
        for group in comparable_fits(usable)
    ]
    return [Findings("Baseline of the hazard", tuple(sentences))] if sentences else []


def half_life_section(fits: Sequence[Fit]) -> Section:
    """Everything the report says about the basis and its half-lives.

    Parameters
    ----------
    fits : sequence of Fit
        Decompositions of the basis and half-life regressions, in any number.

    Returns
    -------
    Section
    """
    basis = [fit for fit in fits if fit.model == BASIS_MODEL]
    regressions = [fit for fit in fits if fit.model != BASIS_MODEL]
    panels, events = by_panel(regressions), followed_events(regressions)
    is_only = len(panels) == 1
    return Section(
        title="Half-life of basis dislocations",
        question=half_life_words.QUESTION,
        findings=(
            *(findings_of_fit(fit, basis_sentences) for fit in basis),
            *(findings_of_fit(fit, half_life_sentences) for fit in regressions),
            *_comparison_findings(regressions),
        ),
        how_to_read=(
            *(basis_words.HOW_TO_READ if basis else ()),
            *half_life_words.HOW_TO_READ,
        ),
        blocks=(
            Block("What was fitted", "", (table_fits(fits),)),
            *(_basis_block(fit, events) for fit in basis),
            *(_events_block(group, is_only_panel=is_only) for group in panels),
            *(_coefficients_block(group, is_only_panel=is_only) for group in panels),
            *(_estimates_block(fit, regressions) for fit in regressions),
            *(checks_block(fit) for fit in basis),
            *(_checks_of_regression(fit) for fit in regressions),
        ),
    )
