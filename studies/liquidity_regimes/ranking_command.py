"""Command line: which specification of the liquidity-regimes model predicts best."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from data.dims import DAY
from data.errors import DataError
from data.files.unfinished import beside
from inference.settings import SamplerSettings
from inference.store import write_trace
from models.liquidity_regimes.simulation import NUM_DAYS
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from studies.console import console, read_earlier, require_csv, show, write
from studies.liquidity_regimes.ranking import (
    SPECIFICATIONS,
    TRUE_COVARIATES,
    rank,
    score_specification,
    scores_by_day,
)
from studies.liquidity_regimes.recovery import simulated_panel

EXAMPLES = """Examples

python -m studies ranking liquidity-regimes
--out studies/results/liquidity_regimes_ranking.csv

python -m studies ranking liquidity-regimes --specification IV-depth --specification
IV-constant --traces traces --out quick.csv
"""

SHOWN = [
    "specification",
    "difference_to_best",
    "standard_error_of_difference",
    "is_reliable",
    "passed",
    "max_r_hat",
]


def ranking_liquidity_regimes(
    out: Annotated[Path, typer.Option(help="Table to write, .csv.")],
    specification: Annotated[
        list[str] | None,
        typer.Option(help=f"One of {', '.join(SPECIFICATIONS)}; repeatable. All."),
    ] = None,
    traces: Annotated[
        Path | None, typer.Option(help="Folder to keep the scored traces in.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of panel and fits.")] = 1,
    days: Annotated[int, typer.Option(help="Length of the panel.")] = NUM_DAYS,
) -> None:
    """Score specifications on a panel simulated at Table 3, Model IV.

    Writes one row a specification to OUT, best first, and the score of each day to
    OUT's name with _days; after each specification. Those that OUT holds already are
    not computed again.
    """
    require_csv(out)
    chosen = [_specification(name) for name in specification or SPECIFICATIONS]
    fits, by_day = _earlier(out, seed, days)
    truth = LiquidityRegimesSpecification(covariates=TRUE_COVARIATES)
    panel = simulated_panel(truth, seed, days)
    for one in chosen:
        if one.name in by_day:
            continue
        with console.status(f"fitting and scoring {one.name}"):
            scored = score_specification(panel, one, SamplerSettings(seed=seed))
        if traces is not None:
            write_trace(scored.trace, traces / f"{one.name}.nc")
        row = pd.DataFrame([scored.row | {"seed": seed, "days": days}])
        by_day = pd.concat([by_day, scores_by_day(scored)], axis=1)
        fits = rank(pd.concat([fits, row], ignore_index=True), by_day)
        write(by_day.rename_axis(DAY).reset_index(), beside(out, "days"))
        write(fits, out)
    show("Log score of each day given earlier days", fits[SHOWN])


def _specification(name: str) -> LiquidityRegimesSpecification:
    if name not in SPECIFICATIONS:
        raise DataError(
            f"there is no specification {name!r} in the ranking",
            f"Choose one of {', '.join(SPECIFICATIONS)}.",
        )
    return SPECIFICATIONS[name]


def _earlier(out: Path, seed: int, days: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows and scores by day that a run before wrote; empty where there was none."""
    if not out.is_file():
        return pd.DataFrame(), pd.DataFrame()
    fits = read_earlier(out, ("specification", "seed", "days"))
    if (fits["seed"] != seed).any() or (fits["days"] != days).any():
        raise DataError(
            f"{out} ranks fits to another panel",
            "Name another file, or the --seed and --days of that panel.",
        )
    scores = read_earlier(
        beside(out, "days"), fits["specification"], parse_dates=[DAY], index_col=DAY
    )
    # Scores are written first: a run that was killed has some that no row is of.
    return fits, scores[[name for name in scores if name in set(fits["specification"])]]
