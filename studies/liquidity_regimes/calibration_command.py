"""Command line: simulation-based calibration of the liquidity regimes."""

from typing import Annotated

import typer

from studies.calibration import (
    SUFFIXES,
    Simulations,
    StudySeed,
    calibration_plan,
    summarize_calibration,
    told_of_calibration,
)
from studies.liquidity_regimes.calibration import CALIBRATION_SETTINGS, simulation
from studies.study import CALIBRATION
from studies.sweep import Plan, swept_study

EXAMPLES = """Example: python -m studies calibration liquidity-regimes
--out studies/results/liquidity_regimes_calibration.csv
"""


def calibration_liquidity_regimes(
    *,
    simulations: Simulations = 100,
    days: Annotated[int, typer.Option(min=250, help="Length of the data.")] = 500,
    seed: StudySeed = 1,
) -> Plan:
    """Rank draws from the prior among the posteriors of data simulated from them.

    Writes one row a parameter to OUT, the ranks to OUT's name with _ranks, and their
    figure to OUT with the ending .png.
    """
    return calibration_plan(
        simulation, simulations, seed, CALIBRATION_SETTINGS, num_days=days
    )


CALIBRATION_STUDY = swept_study(
    CALIBRATION,
    "liquidity-regimes",
    calibration_liquidity_regimes,
    summarize_calibration,
    told_of_calibration,
    EXAMPLES,
    SUFFIXES,
)
