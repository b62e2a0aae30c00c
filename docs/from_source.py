"""What pages say of numbers, words and tables that the code holds: taken from there."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from typing import Any

from inference.checks import (
    diagnostics,
    fit_to_data,
    mode_checks,
    prediction_errors,
)
from inference.checks.fit_to_data import FamilyChecks
from inference.checks.predictive_checks import PredictiveCheck
from inference.families import MODELS
from inference.sampling import incidental
from inference.traced.layout import Dims, TraceLayout, joined


def substitutions() -> dict[str, Any]:
    """Name of a substitution of a page -> what stands there instead."""
    return {
        "limits": limits(),
        "terms": terms(),
        "statistics": statistics(),
        "remedies": remedies(),
        "groups": groups(),
    }


def limits() -> dict[str, float]:
    """Every number that a check compares with, by the name of its constant."""
    modules = (diagnostics, incidental, fit_to_data, mode_checks, prediction_errors)
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, int | float)
    }


def terms() -> str:
    """The glossary of the report, as a list of definitions."""
    text = (resources.files("analysis.page") / "glossary.toml").read_text()
    return "\n\n".join(
        f"{entry['term']}\n: {' '.join(entry['meaning'].split())}"
        for entry in tomllib.loads(text).values()
    )


def statistics() -> str:
    """What replicated data are compared by, model by model."""
    rows = (
        (f"`{name}`", check.subject, title, _limit(check, title))
        for name, model in MODELS.items()
        for check in _predictive_checks(model.checks)
        for title in check.statistics
    )
    return _table(("model", "replicated", "statistic", "matters above"), rows)


def remedies() -> str:
    """What a verdict tells to try, model by model."""
    rows = (
        (f"`{name}`", aspect or "anything else", words)
        for name, model in MODELS.items()
        for aspect, words in model.checks.remedies
    )
    return _table(("model", "what fails", "what to try"), rows)


def groups() -> str:
    """Groups of a trace that only some models have, with their variables."""
    return _table(
        ("model", "group", "variables"),
        (
            (f"`{name}`", f"`{group}`", ", ".join(_variables(variables)))
            for name, model in MODELS.items()
            for group, variables in _of_the_model(model.holds)
        ),
    )


EVERY_MODEL = frozenset(
    {
        "posterior",
        "prior",
        "sample_stats",
        "log_likelihood",
        "log_prior",
        "prior_predictive",
        "posterior_predictive",
        "observed_data",
        "constant_data",
        "panel",
        "starts",
        "modes",
        "posterior_mode",
        "imputation",
    }
)
"""Groups that the page describes in words."""


def _of_the_model(holds: TraceLayout) -> Iterator[tuple[str, Mapping[str, Dims]]]:
    for group, variables in joined(holds.always, holds.sometimes).items():
        if group not in EVERY_MODEL:
            yield group, variables


def _variables(variables: Mapping[str, Dims]) -> Iterator[str]:
    for name, dims in variables.items():
        yield f"`{name}` ({', '.join(dims)})"


def _predictive_checks(checks: FamilyChecks) -> list[PredictiveCheck]:
    return [checks.predictive, *checks.predictive_of_variant.values()]


def _limit(check: PredictiveCheck, title: str) -> str:
    size = check.relevant_difference[title]
    return f"{size:.0%} of it" if title in check.scale_statistics else f"{size:g}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
