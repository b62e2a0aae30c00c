"""Command line: reported against realised fragility."""

from pathlib import Path
from typing import Annotated

import typer

from models.liquidity_regimes.simulation import NUM_DAYS
from studies.console import progress, require_csv, show, write
from studies.liquidity_regimes.fragility import (
    fragility_forecasts,
    summarize_forecasts,
)

EXAMPLES = """Example

python -m studies fragility liquidity-regimes
--out studies/results/liquidity_regimes_fragility.csv
"""

SHOWN = [
    "horizon_days",
    "state",
    "depth_musd",
    "days",
    "depth_held",
    "depth_moving",
    "realised",
    "standard_error_depth_moving",
]


def fragility_liquidity_regimes(
    out: Annotated[Path, typer.Option(help="Table to write, .csv.")],
    twins: Annotated[
        int, typer.Option(min=2, max=1000, help="Simulated panels of Model IV.")
    ] = 30,
    days: Annotated[
        int, typer.Option(min=300, help="Length of each panel.")
    ] = NUM_DAYS,
) -> None:
    """Forecast the low-liquidity state where it is known what happened then.

    Writes one row a horizon, state and range of depth to OUT.
    """
    require_csv(out)
    with progress("forecasting", twins) as advance:
        forecasts = fragility_forecasts(twins, days, advance)
    table = summarize_forecasts(forecasts)
    write(table, out)
    show("Fragility reported and realised", table[SHOWN])
