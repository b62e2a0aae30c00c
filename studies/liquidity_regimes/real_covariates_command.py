"""Command line: the liquidity-regimes model on real volatilities."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from data.errors import DataError
from data.files.unfinished import unfinished
from data.liquidity_regimes.swaption_volatility import read_swaption_volatilities
from data.liquidity_regimes.volatility_file import read_volatility_file
from inference.settings import SamplerSettings
from models.liquidity_regimes.simulation import FIRST_DAY
from studies.console import console, require_csv, show, write
from studies.liquidity_regimes.real_covariates import recovery_on_real_volatilities

EXAMPLES = """Example: python -m studies real-covariates liquidity-regimes
--volatility move.csv --swaptions swaption_quotes.csv --zero-curve feds200628.csv
--out studies/results/liquidity_regimes_real_covariates.csv
"""

SAMPLE_START = datetime.fromisoformat(FIRST_DAY)
SAMPLE_END = datetime(2023, 12, 31)
"""Sample of the paper."""

SHOWN = ["variant", "parameter", "element", "truth", "lower_95", "upper_95"]

Day = Annotated[
    datetime, typer.Option(formats=["%Y-%m-%d"], help="Of the volatilities used.")
]


def real_covariates_liquidity_regimes(
    out: Annotated[Path, typer.Option(help="Table to write, .csv.")],
    volatility: Annotated[
        Path | None,
        typer.Option(help="Volatilities by date, such as the MOVE index."),
    ] = None,
    swaptions: Annotated[
        Path | None, typer.Option(help="Black volatilities of swaptions, percent.")
    ] = None,
    zero_curve: Annotated[
        Path | None, typer.Option(help="Zero-coupon yields, for forward swap rates.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of all random numbers.")] = 1,
    start: Day = SAMPLE_START,
    end: Day = SAMPLE_END,
) -> None:
    """Simulate price impact on real volatilities, and fit it.

    Model IV where volatilities of two expiries are known, otherwise Model II, at the
    published estimates of Table 3. Writes one row a source and parameter to OUT.
    """
    require_csv(out)
    sources = {}
    if volatility is not None:
        sources[volatility.stem] = read_volatility_file(volatility)
    if swaptions is not None and zero_curve is not None:
        sources[swaptions.stem] = read_swaption_volatilities(swaptions, zero_curve)
    if not sources:
        raise DataError(
            "no volatilities",
            "give --volatility FILE, or --swaptions FILE with --zero-curve FILE.",
        )
    tables = []
    settings = SamplerSettings(seed=seed)
    with unfinished(out) as so_far:
        for source, volatilities in sources.items():
            days = volatilities.loc[pd.Timestamp(start) : pd.Timestamp(end)]
            with console.status(f"compiling and fitting {source}, {len(days)} days"):
                found = recovery_on_real_volatilities(days, source, settings)
            tables.append(found)
            write(pd.concat(tables, ignore_index=True), so_far, is_announced=False)
    show("Estimates beside the truth", pd.concat(tables)[SHOWN])
