"""Command line: studies of the price-pressure model."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from data.errors import DataError
from data.files.unfinished import beside, unfinished
from models.price_pressure.simulation import NUM_WEEKS
from models.price_pressure.variants import EVERY_VARIANT, VARIANTS, Variant
from studies.calibration_command import report_calibration
from studies.console import progress, require_csv, show, write
from studies.coverage import summarize_coverage
from studies.price_pressure.calibration import calibration
from studies.price_pressure.recovery import recovery
from studies.study import CALIBRATION, RECOVERY, Study

DEFAULT_CALIBRATION_VARIANT = "net-order-flow"

SHOWN_COVERAGE = [
    "variant",
    "group",
    "intervals",
    "share_covered",
    "lower_95",
    "upper_95",
    "is_consistent",
]

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

Out = Annotated[Path, typer.Option(help="Table to write, .csv.")]


def recovery_price_pressure(
    out: Out,
    variant: Annotated[
        list[str] | None,
        typer.Option(
            help=f"One of {', '.join(EVERY_VARIANT)}; repeatable. The paper's."
        ),
    ] = None,
    replications: Annotated[
        int, typer.Option(min=1, max=1000, help="Simulated panels a variant.")
    ] = 20,
    weeks: Annotated[int, typer.Option(help="Length of each panel.")] = NUM_WEEKS,
) -> None:
    """Fit panels simulated at the published estimates of each variant.

    Writes one row a replication and parameter to OUT, and the shares of intervals that
    cover to OUT's name with _summary; until all variants are done, to OUT's name with
    _unfinished.
    """
    require_csv(out)
    chosen = [_variant(name) for name in dict.fromkeys(variant or VARIANTS)]
    tables = []
    with (
        unfinished(out, "summary") as so_far,
        progress("fitting", replications * len(chosen)) as advance,
    ):
        for one in chosen:
            tables.append(recovery(one, replications, num_weeks=weeks, advance=advance))
            rows = pd.concat(tables, ignore_index=True)
            summary = summarize_coverage(rows)
            write(rows, so_far, is_announced=False)
            write(summary, beside(so_far, "summary"), is_announced=False)
    show("Share of 95% intervals that cover the truth", summary[SHOWN_COVERAGE])


def calibration_price_pressure(
    out: Out,
    variant: Annotated[
        str, typer.Option(help=f"One of {', '.join(EVERY_VARIANT)}.")
    ] = DEFAULT_CALIBRATION_VARIANT,
    simulations: Annotated[
        int, typer.Option(min=10, help="Draws from the prior, each fitted.")
    ] = 100,
    weeks: Annotated[int, typer.Option(help="Length of the data.")] = 156,
    seed: Annotated[int, typer.Option(min=0, help="Of all random numbers.")] = 1,
) -> None:
    """Rank draws from the prior among the posteriors of data simulated from them.

    Writes one row a parameter to OUT, the ranks to OUT's name with _ranks, and their
    figure to OUT with the ending .png.
    """
    require_csv(out)
    chosen = _variant(variant)
    with progress("fitting", simulations) as advance:
        result = calibration(chosen, simulations, weeks, seed=seed, advance=advance)
    report_calibration(result, out)


def _variant(name: str) -> Variant:
    if name not in EVERY_VARIANT:
        known = ", ".join(EVERY_VARIANT)
        raise DataError(f"there is no variant {name!r}", f"Choose one of {known}.")
    return EVERY_VARIANT[name]


PRICE_PRESSURE = (
    Study(
        question=RECOVERY,
        model="price-pressure",
        run=recovery_price_pressure,
        examples=RECOVERY_EXAMPLES,
    ),
    Study(
        question=CALIBRATION,
        model="price-pressure",
        run=calibration_price_pressure,
        examples=CALIBRATION_EXAMPLES,
    ),
)
