"""The panel of the basis decomposition, and the command that builds it."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from data.half_life.basis_panel import BASIS_FILE
from data.half_life.build_basis import build_basis_panel
from data.half_life.template import basis_example
from data.panel import BuiltPanel, FirstDay, LastDay, PanelKind

BUILD_EXAMPLES = (
    "Example: python -m data build basis --raw tips_treasury_basis.parquet "
    "--out data/clean/basis.parquet"
)


def build_basis(
    *,
    raw: Annotated[
        Path, typer.Option(help="Spreads: date and arb_2, arb_5, ... in basis points.")
    ],
    start: FirstDay = None,
    end: LastDay = None,
) -> BuiltPanel:
    """Take the basis of every tenor, a row each weekday."""
    first, last = (None if day is None else pd.Timestamp(day) for day in (start, end))
    return build_basis_panel(raw, first, last)


BASIS = PanelKind(
    name="basis",
    title="Basis panel",
    file=BASIS_FILE,
    example=basis_example,
    build=build_basis,
    examples=BUILD_EXAMPLES,
)
