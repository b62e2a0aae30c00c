"""Command line: simulation-based calibration of the liquidity regimes."""

from pathlib import Path
from typing import Annotated

import typer

from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from studies.calibration_command import report_calibration
from studies.console import progress, require_csv
from studies.liquidity_regimes.calibration import calibration

EXAMPLES = """Example: python -m studies calibration liquidity-regimes
--out studies/results/liquidity_regimes_calibration.csv
"""


def calibration_liquidity_regimes(
    out: Annotated[Path, typer.Option(help="Table to write, .csv.")],
    simulations: Annotated[
        int, typer.Option(min=10, help="Draws from the prior, each fitted.")
    ] = 100,
    days: Annotated[int, typer.Option(min=250, help="Length of the data.")] = 500,
    seed: Annotated[int, typer.Option(min=0, help="Of all random numbers.")] = 1,
) -> None:
    """Rank draws from the prior among the posteriors of data simulated from them.

    Writes one row a parameter to OUT, the ranks to OUT's name with _ranks, and their
    figure to OUT with the ending .png.
    """
    require_csv(out)
    with progress("fitting", simulations) as advance:
        result = calibration(
            LiquidityRegimesSpecification(),
            simulations,
            days,
            seed=seed,
            advance=advance,
        )
    report_calibration(result, out)
