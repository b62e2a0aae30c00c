"""The report's section on basis, events and covariates in one likelihood."""

from collections.abc import Iterator, Sequence

import pandas as pd

from analysis.every_model.checks import checks_block
from analysis.every_model.findings import (
    findings_of_comparison,
    findings_of_fit,
    information_sentence,
)
from analysis.every_model.tables_comparison import of_fits
from analysis.every_model.tables_starts import tables_of_fits
from analysis.fit import Fit
from analysis.half_life.joint_half_lives import (
    JOINT_EFFECTS,
    JOINT_HALF_LIFE_BY_TENOR,
    JOINT_HALF_LIVES,
    has_covariates,
)
from analysis.half_life.joint_shocks import (
    SHOCKS,
    SHOCKS_BY_TENOR,
    is_placebo,
    shock_sentence,
)
from analysis.page.exhibit import Shown, items_of, of_fit, sentences_of
from analysis.page.glossary import glossary
from analysis.page.section import Block, Findings, Section

QUESTION = (
    "How far do events throw the TIPS-Treasury basis off its level, how fast does it "
    "come back, and which covariates hasten it? The basis of every tenor is a level "
    "that wanders, a deviation that comes back, white noise, and what events have "
    "moved; the half-life of each event follows a proportional hazard. All of it is "
    "one likelihood, so that noise widens intervals and does not shrink effects, as "
    "half-lives measured on an estimated deviation do."
)

OF_A_FIT = (JOINT_EFFECTS, JOINT_HALF_LIVES, JOINT_HALF_LIFE_BY_TENOR)


def joint_decay_section(fits: Sequence[Fit]) -> Section:
    """Everything the report says of fits of the joint model."""
    comparison = findings_of_comparison(fits)
    shocks = of_fits([SHOCKS, SHOCKS_BY_TENOR], [fits])
    shown = [of_fit(OF_A_FIT, fit) for fit in fits]
    of_days = shocks[0].frame
    return Section(
        title="Basis and events in one likelihood",
        question=QUESTION,
        findings=(
            *(_findings(fit, of_days, x) for fit, x in zip(fits, shown, strict=True)),
            *([comparison] if comparison else []),
        ),
        how_to_read=glossary("shock_of_event", "half_life_of_moved", "placebo_fit"),
        blocks=(
            Block("What was fitted", "", tables_of_fits(fits)),
            Block("Events beside other days", _placebo_words(fits), items_of(shocks)),
            *map(_half_lives_block, fits, shown),
            *(checks_block(fit) for fit in fits),
        ),
    )


def _placebo_words(fits: Sequence[Fit]) -> str:
    if any(map(is_placebo, fits)):
        return ""
    return (
        "No placebo was fitted: make one with python -m data build basis-events "
        "--placebo-seed, and give its trace to this report."
    )


def _half_lives_block(fit: Fit, shown: Sequence[Shown]) -> Block:
    notes = [str(note) for note in fit.tree.attrs.get("notes", [])]
    text = f"What enters: {'; '.join(notes)}." if notes else ""
    return Block(f"Half-lives: {fit.name}", text, items_of(shown))


def _findings(fit: Fit, shocks: pd.DataFrame, shown: Sequence[Shown]) -> Findings:
    def sentences(fit: Fit) -> Iterator[str]:
        yield information_sentence(fit)
        if is_placebo(fit):
            yield (
                "A placebo: its events lie on days without any, and move nothing there."
            )
        yield shock_sentence(shocks[shocks["fit"] == fit.name])
        if not has_covariates(fit):
            yield "No covariate entered."
        yield from sentences_of(shown)

    return findings_of_fit(fit, sentences)
