"""What the verdict on traces of the basis and of half-lives looks at."""

from collections.abc import Mapping
from typing import Any

from inference.checks.fit_to_data import FamilyChecks
from inference.half_life.basis_statistics import BASIS_CHECK
from inference.half_life.statistics import HALF_LIFE_CHECK, RESOLVED_HALF_LIFE_CHECK
from models.half_life.specification import LINEAR


def basis_label(selection: Mapping[str, Any]) -> str:
    """Words for a series: "10-year basis"."""
    return f"{selection['tenor']}-year basis"


def half_life_label(_selection: Mapping[str, Any]) -> str:
    """Words for the only series."""
    return "half-life"


BASIS_CHECKS = FamilyChecks(
    predictive=BASIS_CHECK,
    series_label=basis_label,
    remedies=(
        (
            "",
            "The decomposition knows one volatility and no heavy tails: fit a stretch "
            "of days that is alike, or tell whoever takes its deviations (export "
            "deviations --allow-failed marks all that is made from them).",
        ),
    ),
)

JOINT_CHECKS = FamilyChecks(
    predictive=BASIS_CHECK,
    series_label=basis_label,
    # As of half-lives: effects and their spread have no highest density.
    searches=False,
    remedies=(
        (
            "",
            "Try --volatility score-driven, whose innovations have heavy tails and "
            "volatility that clusters; where it is the one that fails, fit a stretch "
            "of days that is alike.",
        ),
    ),
)

HALF_LIFE_CHECKS = FamilyChecks(
    predictive=HALF_LIFE_CHECK,
    predictive_of_variant={LINEAR: RESOLVED_HALF_LIFE_CHECK},
    series_label=half_life_label,
    predicts=False,
    # As an effect's spread goes to zero the density of the effects has no bound that
    # the prior of the spread does not set: the highest point says nothing of the mass.
    searches=False,
    remedies=(
        (
            "",
            "Try --variant proportional-hazard, which leaves the hazard of each day "
            "free and keeps outcomes that were still open; where it is the one that "
            "fails, add a --covariate.",
        ),
    ),
)
"""Events are taken as given, so what can be held against the data is how many outcomes
are still open after each day."""
