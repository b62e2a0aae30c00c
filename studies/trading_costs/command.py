"""Command line: studies of the trading-cost models."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from data.errors import DataError
from models.trading_costs.specification import JOINT, SIGNED
from studies.calibration_command import report_calibration
from studies.console import progress, require_csv, run_and_keep, show
from studies.coverage import summarize_coverage
from studies.study import CALIBRATION, FALSE_POSITIVES, RECOVERY, Study
from studies.trading_costs.calibration import calibration
from studies.trading_costs.false_positives import false_positives
from studies.trading_costs.recovery import recovery
from studies.trading_costs.replications import summary_of_claims

Out = Annotated[Path, typer.Option(help="Table to write, .csv.")]
Replications = Annotated[int, typer.Option(min=1, max=1000, help="Simulated panels.")]

SHOWN = ["variant", "group", "intervals", "share_covered", "p_value", "is_consistent"]

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


def noise_only_trading_costs(out: Out, replications: Replications = 20) -> None:
    """Fit trades whose fair values, not costs, depend on the benchmark's liquidity.

    Writes one row a replication and response to OUT, and how many claim an effect to
    OUT's name with _summary; until all are done, to OUT's name with _unfinished.
    """
    _, summary = run_and_keep(
        partial(false_positives, replications), summary_of_claims, replications, out
    )
    show("Claims of an effect that is not there", summary)


def recovery_trading_costs(out: Out, replications: Replications = 20) -> None:
    """Fit trades with known costs.

    Writes one row a replication and parameter to OUT, and the shares of intervals that
    cover to OUT's name with _summary; until all are done, to OUT's name with
    _unfinished.
    """
    _, summary = run_and_keep(
        partial(recovery, replications), summarize_coverage, replications, out
    )
    show("Share of 95% intervals that cover the truth", summary[SHOWN])


def calibration_trading_costs(
    out: Out,
    response: Annotated[str, typer.Option(help="signed or joint.")] = SIGNED,
    simulations: Annotated[
        int, typer.Option(min=10, help="Draws from the prior, each fitted.")
    ] = 100,
    seed: Annotated[int, typer.Option(min=0, help="Of all random numbers.")] = 1,
) -> None:
    """Rank draws from the prior among the posteriors of data simulated from them.

    Writes one row a parameter to OUT, the ranks to OUT's name with _ranks, and their
    figure to OUT with the ending .png.
    """
    require_csv(out)
    if response not in (SIGNED, JOINT):
        raise DataError(
            f"there is no calibration of the response {response!r}",
            f"Choose {SIGNED} or {JOINT}.",
        )
    with progress("fitting", simulations) as advance:
        result = calibration(response, simulations, seed=seed, advance=advance)
    report_calibration(result, out)


TRADING_COSTS = (
    Study(
        question=RECOVERY,
        model="trading-costs",
        run=recovery_trading_costs,
        examples=RECOVERY_EXAMPLE,
    ),
    Study(
        question=FALSE_POSITIVES,
        model="trading-costs",
        run=noise_only_trading_costs,
        examples=FALSE_POSITIVES_EXAMPLE,
    ),
    Study(
        question=CALIBRATION,
        model="trading-costs",
        run=calibration_trading_costs,
        examples=CALIBRATION_EXAMPLES,
    ),
)
