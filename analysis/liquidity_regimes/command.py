"""Command that says how likely liquidity is to break down."""

from pathlib import Path
from typing import Annotated, NamedTuple

import pandas as pd
import typer

from analysis.every_model.told import tell
from analysis.liquidity_regimes.fragility import (
    HORIZONS_DAYS,
    fragility,
    fragility_today,
)
from analysis.page.columns import Column, once, rounded
from analysis.page.exhibit import Exhibit, of_subject
from analysis.page.table import INTERVAL_NOTE, interval
from data.commands.command import Command
from data.errors import DataError
from data.files.atomic import require_place
from inference.liquidity_regimes.prepare import MODEL_NAME
from inference.liquidity_regimes.traced import LIQUIDITY_REGIMES
from inference.traced.reading import read_model_trace

EXAMPLES = """Without --depth, from the last day of the data: its depth, and its states
as far as the data tell them.

Examples

python -m analysis fragility traces/regimes.nc

python -m analysis fragility traces/regimes.nc --depth 40 --depth 80 --days 5

python -m analysis fragility traces/regimes.nc --depth 40 --state 2=0.7 --state 3=0.3
--out fragility.xlsx
"""

DECIMALS = 3

EXTRAPOLATED = {
    "outside_sample": "beyond every depth of the sample",
    "outside_state": "beyond every depth of the state",
}
"""Column that is true of an extrapolation -> words, the stronger first."""


def print_fragility(
    trace: Annotated[Path, typer.Argument(help="Trace of a liquidity-regimes fit.")],
    depth: Annotated[
        list[float] | None,
        typer.Option(help="Market depth of today, USD million; repeatable."),
    ] = None,
    days: Annotated[
        list[int] | None,
        typer.Option(help="Trading days ahead; repeatable. 1, 5 and 20 by default."),
    ] = None,
    state: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATE=PROBABILITY",
            help="Probability of a state today; repeatable, adding up to one. One row "
            "a state where left out.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write the table: .csv, .tex, .html, .xlsx or .docx."),
    ] = None,
) -> None:
    """Print how likely the market is to enter its least liquid state within days.

    Depth moves from there as it did in the sample; beside it, depth that stays. Ends
    with status 1 when the trace fails a check.
    """
    if out is not None:
        require_place(out)
    tree, _ = read_model_trace(trace, {MODEL_NAME: LIQUIDITY_REGIMES})
    horizons = days or list(HORIZONS_DAYS)
    if depth:
        found = fragility(tree, depth, horizons, state_probability=_stated(state))
    elif state:
        raise DataError("--state says nothing without a depth", "Give --depth.")
    else:
        found = fragility_today(tree, horizons)
    failed = tree.attrs.get("diagnostics") != "passed"
    warning = f"FAILED {trace}: conclude nothing from it" if failed else ""
    asked = Asked(trace.stem, found)
    shown = of_subject([FRAGILITY_ASKED_FOR], asked, warning, trace.stem)
    tell(shown, [out] if out else [])
    if failed:
        raise typer.Exit(1)


def _interval(heading: str, ending: str) -> Column:
    low, high = f"lower_95{ending}", f"upper_95{ending}"
    return Column(heading, lambda rows: interval(rows[low], rows[high], DECIMALS))


def _extrapolated(rows: pd.DataFrame) -> pd.Series:
    said = pd.Series("", index=rows.index)
    for name, words in reversed(EXTRAPOLATED.items()):
        said = said.mask(rows[name], words)
    return said


def _stated(state: list[str] | None) -> dict[str, float] | None:
    """Probabilities from "2=0.7", by state."""
    if not state:
        return None
    found = {}
    for each in state:
        label, _, probability = each.partition("=")
        try:
            found[label.strip()] = float(probability)
        except ValueError:
            raise DataError(f"--state is {each!r}", "Write --state 2=0.7.") from None
    return found


class Asked(NamedTuple):
    """Name of a fit, and what `fragility` says from it."""

    name: str
    frame: pd.DataFrame


FRAGILITY_ASKED_FOR = Exhibit(
    name="table_fragility",
    caption="{fit.name}: probability of entering state 1, the least liquid, within "
    f"trading days, as depth moves from today's and were it held. {INTERVAL_NOTE}",
    frame=lambda asked: asked.frame,
    columns=(
        once("Days ahead", lambda rows: rows["horizon_days"].astype(str)),
        once("State today", lambda rows: rows["current_state"].astype(str)),
        rounded("Depth (USD million)", "depth_musd", 1),
        rounded("Probability", "mean", DECIMALS),
        _interval("95% interval", ""),
        rounded("Depth held", "mean_depth_held", DECIMALS),
        _interval("95% interval, depth held", "_depth_held"),
        Column("Extrapolated", _extrapolated),
    ),
)

FRAGILITY = Command(name="fragility", run=print_fragility, examples=EXAMPLES)
