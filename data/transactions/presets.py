"""Presets: the rules of the workbench and those of published programs, as data."""

from dataclasses import dataclass, replace

from data.errors import DataError
from data.transactions import filters as rule
from data.transactions.filters import FILTERS
from data.transactions.linking import WORKBENCH_LINKING
from data.transactions.published_linking import (
    DICK_NIELSEN_LINKING,
    DICKERSON_BEFORE,
    DICKERSON_LINKING,
    TIDYFINANCE_LINKING,
    WRDS_LINKING,
)
from data.transactions.steps import Filter, Step
from data.transactions.two_sided import TWO_SIDED


@dataclass(frozen=True)
class Preset:
    """A full set of cleaning rules, applied in the order of the fields.

    Parameters
    ----------
    name : str
        What ``--preset`` takes.
    source : str
        Whose rules these are.
    linking : tuple of Step
        The life cycle of messages.
    two_sided : str
        Policy, a key of `data.transactions.two_sided.TWO_SIDED`.
    filters : tuple of Filter
        In the order in which they count.
    before_linking : tuple of Filter
        Filters that a published program applies before it links messages.
    suggestion_used : bool
        Whether ``price_used`` is the suggestion where a decimal shift is flagged.
    """

    name: str
    source: str
    linking: tuple[Step, ...]
    two_sided: str
    filters: tuple[Filter, ...]
    before_linking: tuple[Filter, ...] = ()
    suggestion_used: bool = False


_WORKBENCH_FILTERS = (
    rule.WHEN_ISSUED,
    rule.SPECIAL_PRICE,
    rule.SETTLEMENT,
    rule.WEIGHTED_AVERAGE,
    rule.PRIMARY_MARKET,
    rule.PAR,
    rule.PRICE_RANGE,
    rule.PRICE_IS_YIELD,
)

PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            "workbench",
            "this project, from FINRA's life cycle of a report",
            WORKBENCH_LINKING,
            "pair",
            _WORKBENCH_FILTERS,
        ),
        Preset(
            "dick-nielsen-2014",
            "Dick-Nielsen (2009, 2014)",
            DICK_NIELSEN_LINKING,
            "drop-all-buys",
            (
                rule.AGENCY_CUSTOMER,
                rule.WHEN_ISSUED,
                rule.SPECIAL_PRICE,
                rule.settlement(rule.DICK_NIELSEN_SETTLEMENT_LIMIT),
            ),
        ),
        Preset(
            "wrds",
            "WRDS, Enhanced TRACE cleaning (Drechsler), options off",
            WRDS_LINKING,
            "exists",
            (),
        ),
        Preset(
            "tidyfinance",
            "tidyfinance 1.0.0",
            TIDYFINANCE_LINKING,
            "exists",
            (
                rule.CONTRA_C_D,
                rule.SETTLEMENT,
                rule.WHEN_ISSUED_N,
                rule.SPECIAL_BLANK,
                rule.AS_OF,
            ),
        ),
        Preset(
            "dickerson",
            "Dickerson, Robotti and Rossetti, open bond pipeline, stage 0",
            DICKERSON_LINKING,
            "exists",
            (
                rule.CONTRA_C_D,
                rule.WHEN_ISSUED,
                rule.PRICE_RANGE,
                rule.PAR_FLOOR,
                rule.PRICE_IS_YIELD,
            ),
            DICKERSON_BEFORE,
            suggestion_used=True,
        ),
    )
}
"""By the name that ``--preset`` takes."""


def preset_with(
    name: str,
    two_sided: str | None = None,
    added: tuple[str, ...] = (),
    removed: tuple[str, ...] = (),
) -> Preset:
    """Look up a preset and switch its policy or single filters.

    Parameters
    ----------
    name : str
        A key of `PRESETS`.
    two_sided : str, optional
        A key of `data.transactions.two_sided.TWO_SIDED`; default the preset's.
    added, removed : tuple of str
        Names of filters to add at the end and to leave out.

    Returns
    -------
    Preset
        Its name tells what was switched, such as ``workbench, finra, without
        settlement``: it stands with every row.

    Raises
    ------
    DataError
        A name is unknown, or a filter to leave out is not in the preset.
    """
    preset = _named(name, PRESETS, "preset")
    policy = preset.two_sided if two_sided is None else two_sided
    _named(policy, TWO_SIDED, "two-sided policy")
    own = {each.name for each in preset.filters}
    for absent in sorted(set(removed) - own - set(added)):
        raise DataError(
            f"preset {name} has no filter {absent}",
            f"leave out one of {', '.join(sorted(own)) or '(it has none)'}.",
        )
    kept = tuple(each for each in preset.filters if each.name not in removed)
    more = tuple(
        _named(each, FILTERS, "filter")
        for each in dict.fromkeys(added)
        if each not in own and each not in removed
    )
    switched = [
        *([policy] if policy != preset.two_sided else []),
        *(f"with {each.name}" for each in more),
        *(f"without {each}" for each in removed if each in own),
    ]
    return replace(
        preset,
        name=", ".join([name, *switched]),
        two_sided=policy,
        filters=kept + more,
    )


def _named[T](name: str, choices: dict[str, T], kind: str) -> T:
    if name not in choices:
        raise DataError(
            f"there is no {kind} {name!r}", f"choose one of {', '.join(choices)}."
        )
    return choices[name]
