"""Command line: simulation-based calibration of the half-life models."""

from collections.abc import Callable
from typing import Annotated

import typer

from models.half_life.basis_simulation import NUM_DAYS
from models.half_life.joint_decay import SCORE_DRIVEN, VOLATILITIES
from models.half_life.specification import PROPORTIONAL_HAZARD
from studies.calibration import (
    SUFFIXES,
    Simulations,
    StudySeed,
    calibration_plan,
    summarize_calibration,
    told_of_calibration,
)
from studies.half_life.calibration import (
    CALIBRATION_SETTINGS,
    basis_simulation,
    half_life_simulation,
    joint_simulation,
)
from studies.half_life.chain_recovery import NUM_DAYS as NUM_JOINT_DAYS
from studies.half_life.command import RECOVERED, Events, require_recovered
from studies.half_life.recovery import NUM_EVENTS
from studies.study import CALIBRATION, Study
from studies.sweep import Plan, swept_study

Days = Annotated[int, typer.Option(min=200, help="Weekdays of the data.")]


def calibration_half_life(
    *,
    variant: Annotated[
        str, typer.Option(help=f"One of {', '.join(RECOVERED)}.")
    ] = PROPORTIONAL_HAZARD,
    simulations: Simulations = 100,
    events: Events = NUM_EVENTS,
    seed: StudySeed = 1,
) -> Plan:
    """Rank draws from the prior among the posteriors of half-lives given them.

    Writes one row a parameter to OUT, the ranks to OUT's name with _ranks, and their
    figure to OUT with the ending .png.
    """
    require_recovered(variant)
    return calibration_plan(
        half_life_simulation,
        simulations,
        seed,
        CALIBRATION_SETTINGS,
        variant=variant,
        num_events=events,
    )


def calibration_basis_decomposition(
    *, simulations: Simulations = 100, days: Days = NUM_DAYS, seed: StudySeed = 1
) -> Plan:
    """Rank draws from the prior among the posteriors of a basis made of them.

    Writes one row a parameter to OUT, the ranks to OUT's name with _ranks, and their
    figure to OUT with the ending .png.
    """
    return calibration_plan(
        basis_simulation, simulations, seed, CALIBRATION_SETTINGS, num_days=days
    )


def calibration_basis_events(
    *,
    volatility: Annotated[
        str, typer.Option(help=f"One of {', '.join(VOLATILITIES)}.")
    ] = SCORE_DRIVEN,
    simulations: Simulations = 100,
    days: Days = NUM_JOINT_DAYS,
    seed: StudySeed = 1,
) -> Plan:
    """Rank draws from the prior among the posteriors of a basis that events shake.

    Writes one row a parameter to OUT, the ranks to OUT's name with _ranks, and their
    figure to OUT with the ending .png.
    """
    return calibration_plan(
        joint_simulation,
        simulations,
        seed,
        CALIBRATION_SETTINGS,
        volatility=volatility,
        num_days=days,
    )


def _study(model: str, plan: Callable[..., Plan]) -> Study:
    table = f"studies/results/{model.replace('-', '_')}_calibration.csv"
    return swept_study(
        CALIBRATION,
        model,
        plan,
        summarize_calibration,
        told_of_calibration,
        f"Example: python -m studies calibration {model}\n--out {table}\n",
        SUFFIXES,
    )


HALF_LIFE_CALIBRATIONS = (
    _study("half-life", calibration_half_life),
    _study("basis-decomposition", calibration_basis_decomposition),
    _study("basis-events", calibration_basis_events),
)
