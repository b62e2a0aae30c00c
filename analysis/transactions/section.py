"""The report's section on cleaned transactions."""

from collections.abc import Iterator, Sequence

from analysis.page.exhibit import items_of, of_subject, sentences_of
from analysis.page.glossary import glossary
from analysis.page.section import Answer, Block, Findings, Section
from analysis.page.simulated import mark_simulated
from analysis.transactions.cleaning import Cleaning
from analysis.transactions.comparison import DIFFERENCES, ERRORS, MEASURES, SCORES
from analysis.transactions.rows import BY_STEP, BY_YEAR, REASONS, STEPS

QUESTION = (
    "Which messages of members about their trades are trades, and how much of a "
    "measure of liquidity depends on the answer? Raw TRACE data hold every report, its "
    "cancels, corrections and reversals, and both sides of trades between dealers. "
    "Published programs clean them by different rules (Dick-Nielsen 2009, 2014; WRDS; "
    "tidyfinance; Dickerson, Robotti and Rossetti); here every removed row keeps its "
    "reason, and the same messages are cleaned by several of them."
)


def transactions_section(cleanings: Sequence[Cleaning]) -> Section:
    """Section on one or several cleanings of the same messages.

    Parameters
    ----------
    cleanings : sequence of Cleaning
        The first is described, the others are compared with it.
    """
    parts = list(_parts(tuple(cleanings)))
    warnings = tuple(cleanings[0].account["warnings"])
    caution = Findings("To bear in mind", warnings, is_warning=True)
    findings = (*([caution] if warnings else []), *(found for _, found in parts))
    section = Section(
        title="Transactions: what is a trade",
        question=QUESTION,
        findings=findings,
        how_to_read=glossary("voided", "other_side", "filter", "precision"),
        blocks=tuple(block for block, _ in parts),
        answers=tuple(
            Answer(found.title, found.sentences, is_warning=found.is_warning)
            for found in findings
        ),
    )
    simulated = [each.name for each in cleanings if each.is_simulated]
    return mark_simulated(section, simulated, dict.fromkeys(simulated, True))


def _parts(cleanings: Sequence[Cleaning]) -> Iterator[tuple[Block, Findings]]:
    """Block and findings of what was removed, of what depends on it, of the truth."""
    first = cleanings[0]
    rows = of_subject((BY_YEAR, BY_STEP, STEPS, REASONS), first)
    yield (
        Block("Rows and reasons", _input_words(first), items_of(rows)),
        Findings(first.name, tuple(sentences_of(rows))),
    )
    if len(cleanings) > 1:
        compared = of_subject((DIFFERENCES, MEASURES), cleanings)
        yield (
            Block(
                "How much depends on the cleaning",
                "The same messages cleaned by other rules.",
                items_of(compared),
            ),
            Findings("Between cleanings", tuple(sentences_of(compared))),
        )
    if first.scores is not None:
        scored = of_subject((ERRORS, SCORES), cleanings)
        yield (
            Block(
                "Against the truth",
                "The messages are simulated, so what became of every row is known.",
                items_of(scored),
            ),
            Findings("Against the truth", tuple(sentences_of(scored))),
        )


def _input_words(cleaning: Cleaning) -> str:
    account = cleaning.account
    inputs = account["inputs"]
    digest = inputs[0]["sha256"][:12] if inputs else ""
    files = "One file" if len(inputs) == 1 else f"{len(inputs)} files, the first"
    versions = ", ".join(f"{name} {v}" for name, v in account["software"].items())
    return (
        f"{files} with SHA-256 {digest}…, dialect {account['dialect']}, cleaned by the "
        f"preset {account['preset']} with the policy {account['two_sided']} on reports "
        f"of both sides ({versions})."
    )
