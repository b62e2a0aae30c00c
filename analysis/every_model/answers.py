"""What the opening page says of a fit: its answer behind the caveats that limit it."""

from collections.abc import Callable, Iterable, Sequence

from analysis.fit import Fit
from analysis.page.section import Answer
from analysis.page.simulated import NOT_THE_MARKET

MOST_FAILURES = 3
"""Named before an answer; the section has them all."""

CONCLUDE_NOTHING = "What it would say, which is not to be concluded:"

NOTHING_SAID = "The draws are not those of its posterior, so that it says nothing."


def answer_of_fit(fit: Fit, sentences: Callable[[Fit], Iterable[str]]) -> Answer:
    """Answer of one fit.

    Parameters
    ----------
    fit : Fit
    sentences : callable
        What the fit answers, with sizes and units, in a few sentences; empty ones are
        left out. Not called where the draws are not the posterior's.
    """
    caveats = [NOT_THE_MARKET] if fit.simulated else []
    if not fit.is_usable:
        caveats += [f"{fit.warning}.", *_failures(fit), *fit.judgement.remedies]
        caveats.append(
            CONCLUDE_NOTHING if fit.judgement.has_sound_draws else NOTHING_SAID
        )
    caveats += [f"{note[0].upper()}{note[1:]}." for note in fit.judgement.notes]
    said = sentences(fit) if fit.judgement.has_sound_draws else ()
    return Answer(
        f"{fit.name} ({fit.variant})" if fit.variant != fit.name else fit.name,
        tuple(filter(None, said)),
        tuple(caveats),
        is_warning=not fit.is_usable,
    )


def _failures(fit: Fit) -> Sequence[str]:
    shown = [
        f"{failure[0].upper()}{failure[1:]}."
        for failure in fit.failures[:MOST_FAILURES]
    ]
    more = len(fit.failures) - len(shown)
    return [*shown, f"And {more} more."] if more > 0 else shown
