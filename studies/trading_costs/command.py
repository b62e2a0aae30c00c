"""Command line: studies of the trading-cost models."""

from typing import Annotated

import typer

from data.errors import DataError
from models.trading_costs.specification import JOINT, SIGNED
from studies.calibration import (
    SUFFIXES,
    Simulations,
    StudySeed,
    calibration_plan,
    summarize_calibration,
    told_of_calibration,
)
from studies.coverage import COVERED_WORDS, SHOWN_COVERAGE, summarize_coverage
from studies.study import CALIBRATION, FALSE_POSITIVES, RECOVERY
from studies.sweep import Plan, Replications, shown, swept_study
from studies.trading_costs.calibration import CALIBRATION_SETTINGS, simulation
from studies.trading_costs.false_positives import false_positives_plan
from studies.trading_costs.recovery import recovery_plan
from studies.trading_costs.replications import summary_of_claims

FALSE_POSITIVES_EXAMPLE = """Example: python -m studies false-positives trading-costs
--out studies/results/trading_costs_noise_only.csv
"""

RECOVERY_EXAMPLE = """Example: python -m studies recovery trading-costs
--out studies/results/trading_costs_recovery.csv
"""

CALIBRATION_EXAMPLES = """Examples

python -m studies calibration trading-costs
--out studies/results/trading_costs_calibration.csv

python -m studies calibration trading-costs --response joint --simulations 40
--out studies/results/trading_costs_calibration_joint.csv
"""


def noise_only_trading_costs(*, replications: Replications = 20) -> Plan:
    """Fit trades whose fair values, not costs, depend on the benchmark's liquidity.

    Writes one row a replication and response to OUT, after each replication, and how
    many claim an effect to OUT's name with _summary.
    """
    return false_positives_plan(replications)


def recovery_trading_costs(*, replications: Replications = 20) -> Plan:
    """Fit trades with known costs.

    Writes one row a replication and parameter to OUT, after each replication, and the
    shares of intervals that cover to OUT's name with _summary.
    """
    return recovery_plan(replications)


def calibration_trading_costs(
    *,
    response: Annotated[str, typer.Option(help="signed or joint.")] = SIGNED,
    simulations: Simulations = 100,
    seed: StudySeed = 1,
) -> Plan:
    """Rank draws from the prior among the posteriors of data simulated from them.

    Writes one row a parameter to OUT, the ranks to OUT's name with _ranks, and their
    figure to OUT with the ending .png.
    """
    if response not in (SIGNED, JOINT):
        raise DataError(
            f"there is no calibration of the response {response!r}",
            f"Choose {SIGNED} or {JOINT}.",
        )
    return calibration_plan(
        simulation, simulations, seed, CALIBRATION_SETTINGS, response=response
    )


TRADING_COSTS = (
    swept_study(
        RECOVERY,
        "trading-costs",
        recovery_trading_costs,
        summarize_coverage,
        shown(COVERED_WORDS, SHOWN_COVERAGE),
        RECOVERY_EXAMPLE,
    ),
    swept_study(
        FALSE_POSITIVES,
        "trading-costs",
        noise_only_trading_costs,
        summary_of_claims,
        shown("Claims of an effect that is not there"),
        FALSE_POSITIVES_EXAMPLE,
    ),
    swept_study(
        CALIBRATION,
        "trading-costs",
        calibration_trading_costs,
        summarize_calibration,
        told_of_calibration,
        CALIBRATION_EXAMPLES,
        SUFFIXES,
    ),
)
