"""Command line: price pressure found where there is none."""

from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
import typer

from data.errors import DataError
from data.files.unfinished import beside
from data.price_pressure.panel import (
    PricePressurePanel,
    read_price_pressure_panel,
)
from models.price_pressure.variants import EVERY_VARIANT
from studies.console import progress, read_earlier, require_csv, show, write
from studies.price_pressure.false_positives import (
    false_positives,
    false_positives_by_laplace,
    summarize_false_positives,
)
from studies.study import FALSE_POSITIVES, Study

EXAMPLES = """Example: python -m studies false-positives price-pressure
--panel data/clean/panel.parquet
--out studies/results/price_pressure_false_positives.csv

--method nuts samples each fit, and OUT goes on where it was stopped.
"""

DEFAULT_VARIANTS = ("cash-inventory-persistent-errors", "cash-inventory")

SHOWN = ["variant", "element", "panels", "share", "lower_95", "upper_95"]


def false_positives_price_pressure(
    panel: Annotated[Path, typer.Option(help="Panel whose inventories are used.")],
    out: Annotated[Path, typer.Option(help="Table to write, .csv.")],
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
) -> None:
    """Fit variants to yields that no inventory moves, on real inventories.

    Writes one row a variant, panel and coefficient to OUT, and the shares of intervals
    that exclude zero to OUT's name with _summary; after each fit. What OUT holds
    already is not computed again: stop the command, and start it to go on.
    """
    require_csv(out)
    names = tuple(dict.fromkeys(variant or DEFAULT_VARIANTS))
    unknown = [name for name in names if name not in EVERY_VARIANT]
    if unknown:
        raise DataError(
            f"there is no variant {unknown[0]!r}",
            f"Choose one of {', '.join(EVERY_VARIANT)}.",
        )
    variants = {name: EVERY_VARIANT[name] for name in names}
    checked = read_price_pressure_panel(panel)
    rows = earlier_rows(out, checked)
    done = set(zip(rows["variant"], rows["seed"], strict=True))
    fits = {(name, seed) for name in names for seed in range(1, panels + 1)}
    with progress("fitting", len(fits - done)) as advance:
        fit = false_positives_by_laplace if method == "laplace" else false_positives
        for found in fit(checked, variants, range(1, panels + 1), done=done):
            found = found.assign(**_panel_column(checked))
            rows = found if rows.empty else pd.concat([rows, found])
            write(rows, out, is_announced=False)
            write(
                summarize_false_positives(rows),
                beside(out, "summary"),
                is_announced=False,
            )
            advance()
    summary = summarize_false_positives(rows)
    show("Share of 95% intervals that exclude zero", summary[SHOWN])


def _panel_column(panel: PricePressurePanel) -> dict[str, str]:
    return {"panel_sha256": panel.sha256[:12]}


def earlier_rows(out: Path, panel: PricePressurePanel) -> pd.DataFrame:
    """Rows that a run before wrote; empty where there was none."""
    if not out.is_file():
        return pd.DataFrame({"variant": [], "seed": []})
    rows = read_earlier(out, ("variant", "seed", "panel_sha256"))
    if (rows["panel_sha256"] != _panel_column(panel)["panel_sha256"]).any():
        raise DataError(
            f"{out} holds fits to the inventories of another panel",
            "Name another file, or the --panel of that table.",
        )
    return rows


FALSE_POSITIVES_STUDY = Study(
    question=FALSE_POSITIVES,
    model="price-pressure",
    run=false_positives_price_pressure,
    examples=EXAMPLES,
)
