"""Command line: studies of the price-pressure model."""

from typing import Annotated

import typer

from data.errors import DataError
from models.price_pressure.simulation import NUM_WEEKS
from models.price_pressure.variants import EVERY_VARIANT, VARIANTS
from studies.calibration import (
    SUFFIXES,
    Simulations,
    StudySeed,
    calibration_plan,
    summarize_calibration,
    told_of_calibration,
)
from studies.coverage import COVERED_WORDS, SHOWN_COVERAGE, summarize_coverage
from studies.price_pressure.calibration import CALIBRATION_SETTINGS, simulation
from studies.price_pressure.recovery import recovery_plan
from studies.study import CALIBRATION, RECOVERY
from studies.sweep import Plan, Replications, shown, swept_study

DEFAULT_CALIBRATION_VARIANT = "net-order-flow"

RECOVERY_EXAMPLES = """Examples

python -m studies recovery price-pressure
--out studies/results/price_pressure_recovery.csv

python -m studies recovery price-pressure --replications 10
--variant cash-inventory-persistent-errors
--out studies/results/price_pressure_recovery_persistent_errors.csv
"""

CALIBRATION_EXAMPLES = """Examples

python -m studies calibration price-pressure
--out studies/results/price_pressure_calibration.csv

python -m studies calibration price-pressure --variant cash-inventory-persistent-errors
--out studies/results/price_pressure_calibration_persistent_errors.csv
"""


def recovery_price_pressure(
    *,
    variant: Annotated[
        list[str] | None,
        typer.Option(
            help=f"One of {', '.join(EVERY_VARIANT)}; repeatable. The paper's."
        ),
    ] = None,
    replications: Replications = 20,
    weeks: Annotated[int, typer.Option(help="Length of each panel.")] = NUM_WEEKS,
) -> Plan:
    """Fit panels simulated at the published estimates of each variant.

    Writes one row a replication and parameter to OUT, after each replication, and the
    shares of intervals that cover to OUT's name with _summary.
    """
    chosen = list(dict.fromkeys(variant or VARIANTS))
    for name in chosen:
        _require_variant(name)
    return recovery_plan(chosen, replications, weeks)


def calibration_price_pressure(
    *,
    variant: Annotated[
        str, typer.Option(help=f"One of {', '.join(EVERY_VARIANT)}.")
    ] = DEFAULT_CALIBRATION_VARIANT,
    simulations: Simulations = 100,
    weeks: Annotated[int, typer.Option(help="Length of the data.")] = 156,
    seed: StudySeed = 1,
) -> Plan:
    """Rank draws from the prior among the posteriors of data simulated from them.

    Writes one row a parameter to OUT, the ranks to OUT's name with _ranks, and their
    figure to OUT with the ending .png.
    """
    _require_variant(variant)
    return calibration_plan(
        simulation,
        simulations,
        seed,
        CALIBRATION_SETTINGS,
        variant=variant,
        num_weeks=weeks,
    )


def _require_variant(name: str) -> None:
    if name not in EVERY_VARIANT:
        known = ", ".join(EVERY_VARIANT)
        raise DataError(f"there is no variant {name!r}", f"Choose one of {known}.")


PRICE_PRESSURE = (
    swept_study(
        RECOVERY,
        "price-pressure",
        recovery_price_pressure,
        summarize_coverage,
        shown(COVERED_WORDS, SHOWN_COVERAGE),
        RECOVERY_EXAMPLES,
    ),
    swept_study(
        CALIBRATION,
        "price-pressure",
        calibration_price_pressure,
        summarize_calibration,
        told_of_calibration,
        CALIBRATION_EXAMPLES,
        SUFFIXES,
    ),
)
