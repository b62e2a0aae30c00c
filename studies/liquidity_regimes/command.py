"""Command line: studies of the liquidity-regimes model."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from data.files.unfinished import beside
from models.liquidity_regimes.simulation import NUM_DAYS
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from studies.console import console, progress, require_csv, run_and_keep, show, write
from studies.coverage import summarize_coverage
from studies.liquidity_regimes.calibration_command import (
    EXAMPLES as CALIBRATION_EXAMPLES,
)
from studies.liquidity_regimes.calibration_command import (
    calibration_liquidity_regimes,
)
from studies.liquidity_regimes.fragility_command import EXAMPLES as FRAGILITY_EXAMPLES
from studies.liquidity_regimes.fragility_command import fragility_liquidity_regimes
from studies.liquidity_regimes.prior_sensitivity import (
    ALTERNATIVES,
    prior_predictive,
    prior_sensitivity,
)
from studies.liquidity_regimes.ranking_command import EXAMPLES as RANKING_EXAMPLES
from studies.liquidity_regimes.ranking_command import ranking_liquidity_regimes
from studies.liquidity_regimes.real_covariates_command import (
    EXAMPLES as REAL_COVARIATES_EXAMPLES,
)
from studies.liquidity_regimes.real_covariates_command import (
    real_covariates_liquidity_regimes,
)
from studies.liquidity_regimes.recovery import recovery
from studies.liquidity_regimes.variants_command import EXAMPLES as VARIANTS_EXAMPLES
from studies.liquidity_regimes.variants_command import variants_liquidity_regimes
from studies.study import CALIBRATION, RECOVERY, Question, Study

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

    Writes one row a replication and parameter to OUT, and the shares of intervals that
    cover to OUT's name with _summary; until all are done, to OUT's name with
    _unfinished.
    """
    specification = LiquidityRegimesSpecification(covariates=covariates)
    rows, summary = run_and_keep(
        lambda keep: recovery(specification, replications, num_days=days, advance=keep),
        summarize_coverage,
        replications,
        out,
    )
    show("Share of 95% intervals that cover the truth", summary[SHOWN_COVERAGE])
    _say_where_searches_ended(rows.drop_duplicates("seed"))


def prior_sensitivity_liquidity_regimes(
    out: Out,
    seed: Annotated[int, typer.Option(min=0, help="Of panel and fits.")] = 1,
    days: Annotated[int, typer.Option(help="Length of the panel.")] = NUM_DAYS,
) -> None:
    """Fit one simulated panel of Model IV under other priors of its transitions.

    Writes one row a set of priors and element to OUT, and what each set says before it
    has seen data to OUT's name with _predictive.
    """
    require_csv(out)
    before = prior_predictive(seed, days)
    show("Probability of staying before any data", before)
    with progress("fitting", len(ALTERNATIVES)) as advance:
        rows = prior_sensitivity(seed, num_days=days, advance=advance)
    write(before, beside(out, "predictive"))
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


LIQUIDITY_REGIMES = (
    Study(
        question=RECOVERY,
        model="liquidity-regimes",
        run=recovery_liquidity_regimes,
        examples=RECOVERY_EXAMPLES,
    ),
    Study(
        question=CALIBRATION,
        model="liquidity-regimes",
        run=calibration_liquidity_regimes,
        examples=CALIBRATION_EXAMPLES,
    ),
    Study(
        question=Question(
            "real-covariates", "Is the truth found when the covariates are real?"
        ),
        model="liquidity-regimes",
        run=real_covariates_liquidity_regimes,
        examples=REAL_COVARIATES_EXAMPLES,
    ),
    Study(
        question=Question("prior-sensitivity", "How much do the priors decide?"),
        model="liquidity-regimes",
        run=prior_sensitivity_liquidity_regimes,
        examples=PRIOR_SENSITIVITY_EXAMPLES,
    ),
    Study(
        question=Question("fragility", "Do reported probabilities come true?"),
        model="liquidity-regimes",
        run=fragility_liquidity_regimes,
        examples=FRAGILITY_EXAMPLES,
    ),
    Study(
        question=Question(
            "ranking", "Does the log score find the model that made the data?"
        ),
        model="liquidity-regimes",
        run=ranking_liquidity_regimes,
        examples=RANKING_EXAMPLES,
    ),
    Study(
        question=Question("variants", "Do the variants beyond the papers sample well?"),
        model="liquidity-regimes",
        run=variants_liquidity_regimes,
        examples=VARIANTS_EXAMPLES,
    ),
)
