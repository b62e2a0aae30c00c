"""Command line: build the panel of the basis decomposition."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from data.basis import build_basis_panel
from data.basis_panels import write_basis_panel
from data.command_line import ending_on_bad_input
from data.panel_files import require_panel_suffix

BUILD_EXAMPLES = (
    "Example: python -m data build basis --raw tips_treasury_basis.parquet "
    "--out data/clean/basis.parquet"
)


@ending_on_bad_input()
def build_basis(
    raw: Annotated[
        Path, typer.Option(help="Spreads: date and arb_2, arb_5, ... in basis points.")
    ],
    out: Annotated[Path, typer.Option(help="Panel to write, .csv or .parquet.")],
    start: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="First day; all days by default."),
    ] = None,
    end: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day; all days by default."),
    ] = None,
) -> None:
    """Take the basis of every tenor, a row each weekday."""
    require_panel_suffix(out)
    first, last = (None if day is None else pd.Timestamp(day) for day in (start, end))
    panel = build_basis_panel(raw, first, last)
    write_basis_panel(panel.frame, out)
    for note in panel.notes:
        typer.echo(note)
    typer.echo(out)
