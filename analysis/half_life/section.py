"""The report's section on the basis, its dislocations and who closes them."""

from collections.abc import Iterable, Sequence
from itertools import chain

import pandas as pd

from analysis.every_model.checks import checks_block, mixing_block
from analysis.every_model.findings import findings_of_exhibits, findings_of_fit
from analysis.every_model.tables_comparison import (
    by_panel,
    combined_warning,
    of_fits,
)
from analysis.every_model.tables_starts import tables_of_fits
from analysis.fit import Fit
from analysis.half_life.basis import DECOMPOSITION, VARIANCE_SHARES
from analysis.half_life.basis_paths import BASIS_HALF_LIFE, BASIS_LEVEL, deviation_with
from analysis.half_life.cleanings import (
    BY_CLEANING,
    CLEANINGS,
    cleaning_groups,
)
from analysis.half_life.closers import BY_CONCENTRATION, PARTIAL_EFFECTS, WHO_CLOSES
from analysis.half_life.coefficients import (
    COEFFICIENTS,
    INFORMATION,
    NOTEBOOK_REGRESSION,
)
from analysis.half_life.comparison import (
    LEAVE_ONE_OUT,
    PROPAGATION,
    ImputedAndPlugIn,
    comparable_fits,
    is_imputed,
    plug_in_counterpart,
)
from analysis.half_life.effects import has_covariates
from analysis.half_life.events import distinct_outcomes, events_of, used_events
from analysis.half_life.findings import NO_COVARIATES, half_life_sentences
from analysis.half_life.outcomes import OUTCOMES, SET_ASIDE, SUMMARY
from analysis.half_life.survival_check import SURVIVAL_CHECK
from analysis.page.exhibit import (
    Exhibit,
    Shown,
    estimates_block,
    items_of,
    of_fit,
    of_subject,
    sentences_of,
)
from analysis.page.glossary import glossary
from analysis.page.panel_block import panel_block, panel_words
from analysis.page.section import Answer, Block, Findings, Section
from data.half_life.event_panel import failed_checks_note
from models.half_life.specification import LINEAR

BASIS_MODEL = "basis-decomposition"

QUESTION = (
    "How long do dislocations of the TIPS-Treasury basis last after policy and auction "
    "events, and with whom in the market does closing them go? The half-life notebook "
    "takes the days until a deviation has halved, drops those that did not within ten "
    "days, and regresses the rest on who traded. Here what it drops is right-censored, "
    "events that share a date share their outcome, and effects of event types by "
    "tenors are partially pooled. Half-lives are measured on a deviation that is "
    "itself estimated: noise in it halves by itself and knows no covariate, so that "
    "effects are drawn towards zero, the more the larger the noise. Those of the joint "
    "model of basis and events are not."
)

OF_EVENTS = (SUMMARY, OUTCOMES, SET_ASIDE, NOTEBOOK_REGRESSION)

OF_DURATIONS = (WHO_CLOSES, BY_CONCENTRATION, PARTIAL_EFFECTS, SURVIVAL_CHECK)


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


def own_events(basis: Fit, regressions: Sequence[Fit]) -> pd.DataFrame:
    """`followed_events`, but of no other simulation than that of the basis."""
    return followed_events([x for x in regressions if x.simulated == basis.simulated])


def _basis_exhibits(events: pd.DataFrame) -> tuple[Exhibit, ...]:
    deviation = deviation_with(events)
    return DECOMPOSITION, VARIANCE_SHARES, BASIS_LEVEL, deviation, BASIS_HALF_LIFE


def _basis_block(fit: Fit, shown: Sequence[Shown]) -> Block:
    return Block(f"Decomposition of the basis: {fit.name}", "", items_of(shown))


def _events_block(fits: Sequence[Fit], *, is_only_panel: bool) -> Block:
    """Events of one panel and what the notebook's own regression makes of them."""
    fit = fits[0]
    notes = [str(note) for note in fit.tree.attrs.get("notes", [])]
    enters = f" What enters: {'; '.join(notes)}." if notes else ""
    text = panel_words(fit) + enters
    items = items_of(of_subject(OF_EVENTS, fit))
    return panel_block("The events", text, fit, items, is_only_panel=is_only_panel)


def _coefficients_block(
    fits: Sequence[Fit], compared: Sequence[Shown], *, is_only_panel: bool
) -> Block:
    with_covariates = [fit for fit in fits if has_covariates(fit)]
    shown = [*of_fits([COEFFICIENTS], [with_covariates]), *compared]
    return panel_block(
        "What goes with the half-life",
        "" if with_covariates else NO_COVARIATES,
        fits[0],
        items_of(shown),
        is_only_panel=is_only_panel,
    )


def _estimates_block(fit: Fit, fits: Sequence[Fit]) -> Block:
    shown = of_fit([INFORMATION], fit)
    if is_imputed(fit):
        both = ImputedAndPlugIn(fit, plug_in_counterpart(fit, fits))
        shown += of_subject([PROPAGATION], both, fit.warning, fit.name)
    return estimates_block(fit, [*shown, *of_fit(OF_DURATIONS, fit)])


def _checks_of_regression(fit: Fit) -> Block:
    return mixing_block(fit) if fit.variant == LINEAR else checks_block(fit)


def _of_cleanings(fits: Sequence[Fit]) -> list[Shown]:
    warning, name = combined_warning(fits), fits[0].name
    return of_subject([BY_CLEANING, CLEANINGS], fits, warning, name)


def _cleanings_block(shown: Sequence[Shown]) -> Block:
    return Block(
        "How much depends on the cleaning of transactions",
        "Who traded is measured from messages, and rules decide which of them are "
        "trades. The same half-lives, regressed on what different rules leave.",
        items_of(shown),
    )


def _findings(title: str, shown: Iterable[Shown]) -> list[Findings]:
    sentences = tuple(sentences_of(shown))
    return [Findings(title, sentences)] if sentences else []


def _warnings_of_decomposition(fits: Sequence[Fit]) -> list[Findings]:
    """Warn of half-lives that rest on a decomposition which failed its checks."""
    return [
        Findings(f"{fit.name}: its half-lives", (f"{note.capitalize()}.",), True)
        for fit in fits
        for note in failed_checks_note(events_of(fit))
    ]


def half_life_section(fits: Sequence[Fit]) -> Section:
    """Everything the report says about the basis and its half-lives.

    Parameters
    ----------
    fits : sequence of Fit
        Decompositions of the basis and half-life regressions, in any number.
    """
    basis = [fit for fit in fits if fit.model == BASIS_MODEL]
    every = [fit for fit in fits if fit.model != BASIS_MODEL]
    cleanings = cleaning_groups(every)
    # Of fits that differ in the cleaning alone, the first stands for all.
    alike = {fit for group in cleanings for fit in group[1:]}
    regressions = [fit for fit in every if fit not in alike]
    panels = by_panel(regressions)
    is_only = len(panels) == 1
    decompositions = [
        of_fit(_basis_exhibits(own_events(fit, regressions)), fit) for fit in basis
    ]
    scores = [of_fits([LEAVE_ONE_OUT], comparable_fits(group)) for group in panels]
    cleaned = [_of_cleanings(group) for group in cleanings]
    depends = [x for y in cleaned for x in _findings("What depends on the cleaning", y)]
    return Section(
        title="Half-life of basis dislocations",
        question=QUESTION,
        findings=(
            *_warnings_of_decomposition(every),
            *map(findings_of_exhibits, basis, decompositions),
            *(findings_of_fit(fit, half_life_sentences) for fit in regressions),
            *_findings("Baseline of the hazard", chain.from_iterable(scores)),
            *depends,
        ),
        how_to_read=glossary(
            *(("basis", "half_life_of_deviation") if basis else ()),
            "half_life_of_event",
            "expected_half_life",
            "log_hazard_ratio",
            "placebo",
            "market_structure",
            "interval",
            "informed",
        ),
        blocks=(
            Block("What was fitted", "", tables_of_fits(fits)),
            *map(_basis_block, basis, decompositions),
            *(_events_block(group, is_only_panel=is_only) for group in panels),
            *(
                _coefficients_block(group, compared, is_only_panel=is_only)
                for group, compared in zip(panels, scores, strict=True)
            ),
            *(_estimates_block(fit, regressions) for fit in regressions),
            *map(_cleanings_block, cleaned),
            *(checks_block(fit) for fit in basis),
            *(_checks_of_regression(fit) for fit in regressions),
        ),
        answers=tuple(Answer(found.title, found.sentences) for found in depends),
        spoken_for=frozenset(fit.name for fit in alike),
    )
