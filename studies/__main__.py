"""Command line: simulation studies of the models."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from data.command_line import ending_on_bad_input
from data.errors import DataError
from data.files import replacing
from models.price_pressure_simulation import NUM_WEEKS
from models.price_pressure_variants import VARIANTS, Variant
from studies.calibration import calibration, rank_table, summarize_calibration
from studies.coverage import summarize_coverage
from studies.figures import figure_rank_ecdf
from studies.recovery import recovery

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

SHOWN_CALIBRATION = ["parameter", "coverage_95", "p_value", "is_calibrated"]

SIGNIFICANT_DIGITS = "%.5g"

RECOVERY_EXAMPLES = """Examples

python -m studies recovery price-pressure
--out studies/results/price_pressure_recovery.csv

python -m studies recovery price-pressure --replications 2 --variant net-inventory
--out quick.csv
"""

CALIBRATION_EXAMPLES = """Example: python -m studies calibration price-pressure
--out studies/results/price_pressure_calibration.csv
"""

app = typer.Typer(
    help=__doc__,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
recovery_app = typer.Typer(
    help="Do intervals cover the parameters that made the data?", no_args_is_help=True
)
calibration_app = typer.Typer(
    help="Are parameters from the prior spread evenly over their posteriors?",
    no_args_is_help=True,
)
app.add_typer(recovery_app, name="recovery")
app.add_typer(calibration_app, name="calibration")

console = Console()

Out = Annotated[Path, typer.Option(help="Table to write, .csv.")]


@app.callback()
def _configure() -> None:
    # PyMC logs every draw from the prior.
    logging.getLogger("pymc").setLevel(logging.WARNING)


@recovery_app.callback()
def _recovery_group() -> None:
    """Keep ``recovery MODEL`` a group while it has one model."""


@calibration_app.callback()
def _calibration_group() -> None:
    """Keep ``calibration MODEL`` a group while it has one model."""


@recovery_app.command("price-pressure", epilog=RECOVERY_EXAMPLES, no_args_is_help=True)
@ending_on_bad_input()
def recovery_price_pressure(
    out: Out,
    variant: Annotated[
        list[str] | None,
        typer.Option(help=f"One of {', '.join(VARIANTS)}; repeatable. All."),
    ] = None,
    replications: Annotated[
        int, typer.Option(min=1, max=1000, help="Simulated panels a variant.")
    ] = 20,
    weeks: Annotated[int, typer.Option(help="Length of each panel.")] = NUM_WEEKS,
) -> None:
    """Fit panels simulated at the published estimates of each variant.

    Writes one row a replication and parameter to OUT, and the shares of intervals that
    cover to OUT's name with _summary; after each variant, so that what is done stays.
    """
    _require_csv(out)
    chosen = [_variant(name) for name in dict.fromkeys(variant or VARIANTS)]
    tables = []
    with _progress("fitting", replications * len(chosen)) as advance:
        for one in chosen:
            tables.append(recovery(one, replications, num_weeks=weeks, advance=advance))
            rows = pd.concat(tables, ignore_index=True)
            summary = summarize_coverage(rows)
            _write(rows, out)
            _write(summary, _beside(out, "summary"))
    _show("Share of 95% intervals that cover the truth", summary[SHOWN_COVERAGE])


@calibration_app.command(
    "price-pressure", epilog=CALIBRATION_EXAMPLES, no_args_is_help=True
)
@ending_on_bad_input()
def calibration_price_pressure(
    out: Out,
    variant: Annotated[
        str, typer.Option(help=f"One of {', '.join(VARIANTS)}.")
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
    _require_csv(out)
    chosen = _variant(variant)
    with _progress("fitting", simulations) as advance:
        result = calibration(chosen, simulations, weeks, seed=seed, advance=advance)
    summary = summarize_calibration(result.ranks)
    _write(rank_table(result), _beside(out, "ranks"))
    _write(summary, out)
    with replacing(out.with_suffix(".png")) as temporary:
        figure_rank_ecdf(result.ranks).savefig(temporary, dpi=110)
    _show("Uniformity of ranks", summary[SHOWN_CALIBRATION])
    console.print(
        f"Divergent fits {(result.fits['divergences'] > 0).sum()} of {simulations}; "
        f"largest R-hat {result.fits['max_r_hat'].max():.3f}"
    )


def _require_csv(out: Path) -> None:
    if out.suffix != ".csv":
        raise DataError(f"--out {out} does not end in .csv", "Name it NAME.csv.")


def _variant(name: str) -> Variant:
    if name not in VARIANTS:
        raise DataError(
            f"there is no variant {name!r}", f"Choose one of {', '.join(VARIANTS)}."
        )
    return VARIANTS[name]


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(f"{path.stem}_{suffix}{path.suffix}")


@contextmanager
def _progress(description: str, total: int) -> Iterator[Callable[[], None]]:
    """Show progress; before the first step the model is compiled."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(f"compiling and {description}", total=total)
        yield lambda: progress.advance(task)


def _write(table: pd.DataFrame, path: Path) -> None:
    with replacing(path) as temporary:
        table.to_csv(temporary, index=False, float_format=SIGNIFICANT_DIGITS)
    console.print(f"Wrote {path}")


def _show(title: str, frame: pd.DataFrame) -> None:
    table = Table(title=title)
    for name in frame.columns:
        table.add_column(name.replace("_", " "), no_wrap=name in ("group", "parameter"))
    for row in frame.itertuples(index=False):
        cells = [f"{x:.3g}" if isinstance(x, float) else str(x) for x in row]
        table.add_row(*(cell.replace("[", r"\[") for cell in cells))
    console.print(table)


if __name__ == "__main__":
    app(prog_name="python -m studies")
