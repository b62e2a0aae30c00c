"""Command line: studies of the liquidity-regimes model."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from data.command_line import ending_on_bad_input
from models.liquidity_regimes_simulation import NUM_DAYS
from models.liquidity_regimes_specification import LiquidityRegimesSpecification
from studies.console import beside, console, progress, require_csv, show, write
from studies.coverage import summarize_coverage
from studies.liquidity_regimes_prior_sensitivity import ALTERNATIVES, prior_sensitivity
from studies.liquidity_regimes_recovery import recovery

RECOVERY_EXAMPLES = """Examples

python -m studies recovery liquidity-regimes
--out studies/results/liquidity_regimes_recovery.csv

python -m studies recovery liquidity-regimes --replications 2 --covariates I
--out quick.csv
"""

PRIOR_SENSITIVITY_EXAMPLES = """Example

python -m studies prior-sensitivity liquidity-regimes
--out studies/results/liquidity_regimes_prior_sensitivity.csv
"""

SHOWN_SENSITIVITY = [
    "prior",
    "element",
    "truth",
    "mean",
    "lower_95",
    "upper_95",
    "shift_sd",
    "width_ratio",
]

SHOWN_COVERAGE = [
    "group",
    "intervals",
    "share_covered",
    "lower_95",
    "upper_95",
    "is_consistent",
    "max_r_hat",
    "min_ess_bulk",
    "divergent_fits",
]

Out = Annotated[Path, typer.Option(help="Table to write, .csv.")]


@ending_on_bad_input()
def recovery_liquidity_regimes(
    out: Out,
    covariates: Annotated[
        str, typer.Option(help="Model of Table 3, with every estimate: III or IV.")
    ] = "IV",
    replications: Annotated[
        int, typer.Option(min=1, max=1000, help="Simulated panels.")
    ] = 20,
    days: Annotated[int, typer.Option(help="Length of each panel.")] = NUM_DAYS,
) -> None:
    """Fit panels simulated at the published estimates of Table 3.

    Writes one row a replication and parameter to OUT, after each replication, and the
    shares of intervals that cover to OUT's name with _summary.
    """
    require_csv(out)
    specification = LiquidityRegimesSpecification(covariates=covariates)
    with progress("fitting", replications) as advance:

        def keep(rows: pd.DataFrame) -> None:
            write(rows, out)
            advance()

        rows = recovery(specification, replications, num_days=days, advance=keep)
    summary = summarize_coverage(rows)
    write(summary, beside(out, "summary"))
    show("Share of 95% intervals that cover the truth", summary[SHOWN_COVERAGE])
    _say_where_searches_ended(rows.drop_duplicates("seed"))


@ending_on_bad_input()
def prior_sensitivity_liquidity_regimes(
    out: Out,
    seed: Annotated[int, typer.Option(min=0, help="Of panel and fits.")] = 1,
    days: Annotated[int, typer.Option(help="Length of the panel.")] = NUM_DAYS,
) -> None:
    """Fit one simulated panel of Model IV under other priors of its transitions.

    Writes one row a set of priors and element to OUT.
    """
    require_csv(out)
    with progress("fitting", len(ALTERNATIVES)) as advance:
        rows = prior_sensitivity(seed, num_days=days, advance=advance)
    write(rows, out)
    slopes = rows[rows["parameter"] == "transition_depth_slope"]
    show("Depth slopes, per USD million", slopes[SHOWN_SENSITIVITY])


def _say_where_searches_ended(fits: pd.DataFrame) -> None:
    console.print(
        f"Searches for the mode that ended at the highest one found: "
        f"{fits['starts_at_mode'].sum()} of {fits['num_starts'].sum()}; in "
        f"{(fits['data_driven_at_mode'] > 0).sum()} of {len(fits)} panels one of the "
        "data-driven starts did"
    )
