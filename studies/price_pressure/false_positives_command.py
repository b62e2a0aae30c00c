"""Command line: price pressure found where there is none."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from data.errors import DataError
from data.price_pressure.panel import read_price_pressure_panel
from models.price_pressure.variants import EVERY_VARIANT
from studies.price_pressure.false_positives import (
    false_positives_plan,
    summarize_false_positives,
)
from studies.study import FALSE_POSITIVES
from studies.sweep import Plan, shown, swept_study

EXAMPLES = """Example: python -m studies false-positives price-pressure
--panel data/clean/panel.parquet
--out studies/results/price_pressure_false_positives.csv

--method nuts samples each fit.
"""

DEFAULT_VARIANTS = ("cash-inventory-persistent-errors", "cash-inventory")

SHOWN = ("variant", "element", "panels", "share", "lower_95", "upper_95")


def false_positives_price_pressure(
    *,
    panel: Annotated[Path, typer.Option(help="Panel whose inventories are used.")],
    variant: Annotated[
        list[str] | None,
        typer.Option(
            help=f"One of {', '.join(EVERY_VARIANT)}; repeatable. "
            f"{' and '.join(DEFAULT_VARIANTS)}."
        ),
    ] = None,
    panels: Annotated[
        int, typer.Option(min=1, max=1000, help="Simulated sets of yields.")
    ] = 100,
    method: Annotated[
        Literal["laplace", "nuts"],
        typer.Option(help="Laplace's approximation, or a sampler: 50 times as long."),
    ] = "laplace",
) -> Plan:
    """Fit variants to yields that no inventory moves, on real inventories.

    Writes one row a variant, panel and coefficient to OUT, after each fit, and the
    shares of intervals that exclude zero to OUT's name with _summary.
    """
    names = tuple(dict.fromkeys(variant or DEFAULT_VARIANTS))
    unknown = [name for name in names if name not in EVERY_VARIANT]
    if unknown:
        raise DataError(
            f"there is no variant {unknown[0]!r}",
            f"Choose one of {', '.join(EVERY_VARIANT)}.",
        )
    return false_positives_plan(read_price_pressure_panel(panel), names, panels, method)


FALSE_POSITIVES_STUDY = swept_study(
    FALSE_POSITIVES,
    "price-pressure",
    false_positives_price_pressure,
    summarize_false_positives,
    shown("Share of 95% intervals that exclude zero", SHOWN),
    EXAMPLES,
)
