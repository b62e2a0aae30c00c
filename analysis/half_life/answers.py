"""What basis, half-lives and the joint model answer, in days and basis points."""

from collections.abc import Iterator

from analysis.estimates import summarise_draws
from analysis.every_model.findings import joined, range_words
from analysis.fit import Fit
from analysis.half_life.basis import decomposition_estimates, half_life_sentence
from analysis.half_life.effects import has_covariates, inputs_of
from analysis.half_life.events import events_of
from analysis.half_life.findings import (
    NO_COVARIATES,
    coefficient_sentences,
    duration_sentence,
    linear_sentences,
    silence_sentence,
)
from analysis.half_life.joint_half_lives import AVERAGE, JOINT_EFFECTS, half_lives
from analysis.half_life.joint_shocks import is_placebo, shock_sentence, shocks_of
from analysis.page.exhibit import of_fit, sentences_of
from data.half_life.event_panel import failed_checks_note
from models.half_life.specification import LINEAR


def basis_answers(fit: Fit) -> Iterator[str]:
    """Usual size of a deviation, and how long one lasts."""
    size = fit.group("smoothed")["deviation_bp"].std("day")
    frame = summarise_draws(size).to_dataframe()
    parts = [
        f"{range_words(row, 1)} at {tenor} years" for tenor, row in frame.iterrows()
    ]
    yield (
        "One standard deviation of the deviation from the level is, in basis points, "
        f"{joined(parts)} (95% intervals)."
    )
    yield half_life_sentence(fit, decomposition_estimates(fit))


def half_life_answers(fit: Fit) -> Iterator[str]:
    """How long a dislocation lasts, and what goes with shorter and longer ones."""
    inputs = inputs_of(fit)
    for note in failed_checks_note(events_of(fit)):
        yield f"{note.capitalize()}."
    if fit.variant == LINEAR:
        yield from linear_sentences(fit, inputs)
        return
    yield silence_sentence(fit)
    yield duration_sentence(fit, inputs)
    if not has_covariates(fit):
        yield NO_COVARIATES
        return
    yield from coefficient_sentences(fit, inputs)


def joint_answers(fit: Fit) -> Iterator[str]:
    """What an event moves, how long it lasts, and what hastens its end."""
    if is_placebo(fit):
        yield "A placebo: its events lie on days without any, and move nothing there."
    yield shock_sentence(shocks_of(fit))
    frame = half_lives(fit)
    rows = frame[frame["at"] == AVERAGE]
    parts = [
        f"{range_words(row, 1)} at {row['tenor']} years" for _, row in rows.iterrows()
    ]
    yield (
        "Half of it is gone, at average covariates, after a number of trading days "
        f"whose 95% interval is {joined(parts)}."
    )
    yield from sentences_of(of_fit([JOINT_EFFECTS], fit))
