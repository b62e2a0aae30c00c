"""Command line: whether searches for the mode agree."""

from pathlib import Path
from typing import Annotated

import typer

from data.files.unfinished import beside
from data.price_pressure.panel import read_price_pressure_panel
from models.price_pressure.variants import VARIANTS
from studies.console import progress, require_csv, show, write
from studies.price_pressure.modes import mode_agreement, summarize_agreement
from studies.study import Question, Study

MODES = Question("modes", "Do searches for the mode of a posterior agree?")

EXAMPLES = """Example: python -m studies modes price-pressure
--panel data/clean/panel.parquet --out studies/results/price_pressure_modes.csv
"""


def modes_price_pressure(
    panel: Annotated[Path, typer.Option(help="Panel, .csv or .parquet.")],
    out: Annotated[Path, typer.Option(help="Table to write, .csv.")],
    variant: Annotated[
        str, typer.Option(help=f"One of {', '.join(VARIANTS)}.")
    ] = "cash-inventory",
    seeds: Annotated[int, typer.Option(min=1, help="Searches of all starts.")] = 40,
) -> None:
    """Search for the posterior mode of one panel with many seeds; nothing is sampled.

    Writes one row a seed to OUT, and in how many the best mode was found to OUT's name
    with _summary.
    """
    require_csv(out)
    data = read_price_pressure_panel(panel)
    with progress("searching", seeds) as advance:
        rows = mode_agreement(data, variant, range(1, seeds + 1), advance)
    summary = summarize_agreement(rows)
    write(rows, out)
    write(summary, beside(out, "summary"))
    show("Seeds that found the best mode, by kind of start", summary)


MODE_AGREEMENT = Study(
    question=MODES,
    model="price-pressure",
    run=modes_price_pressure,
    examples=EXAMPLES,
)
