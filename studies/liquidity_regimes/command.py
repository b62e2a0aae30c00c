"""Command line: studies of the liquidity-regimes model."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from data.files.unfinished import beside
from models.liquidity_regimes.simulation import NUM_DAYS
from studies.console import console, progress, require_csv, show, write
from studies.coverage import COVERED_WORDS, SHOWN_COVERAGE, summarize_coverage
from studies.liquidity_regimes.calibration_command import CALIBRATION_STUDY
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
from studies.liquidity_regimes.recovery import recovery_plan
from studies.liquidity_regimes.variants_command import EXAMPLES as VARIANTS_EXAMPLES
from studies.liquidity_regimes.variants_command import variants_liquidity_regimes
from studies.study import RECOVERY, Question, Study
from studies.sweep import Plan, Replications, swept_study

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

Out = Annotated[Path, typer.Option(help="Table to write, .csv.")]


def recovery_liquidity_regimes(
    *,
    covariates: Annotated[
        str, typer.Option(help="Model of Table 3, with every estimate: III or IV.")
    ] = "IV",
    replications: Replications = 20,
    days: Annotated[int, typer.Option(help="Length of each panel.")] = NUM_DAYS,
) -> Plan:
    """Fit panels simulated at the published estimates of Table 3.

    Writes one row a replication and parameter to OUT, after each replication, and the
    shares of intervals that cover to OUT's name with _summary.
    """
    return recovery_plan(covariates, replications, days)


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
    write(before, beside(out, "predictive"))
    show("Probability of staying before any data", before)
    with progress("fitting", len(ALTERNATIVES)) as advance:
        rows = prior_sensitivity(seed, num_days=days, advance=advance)
    write(rows, out)
    slopes = rows[rows["parameter"] == "transition_depth_slope"]
    show("Depth slopes, per USD million", slopes[SHOWN_SENSITIVITY])


def _told_of_recovery(rows: pd.DataFrame, summary: pd.DataFrame, _: Path) -> None:
    show(COVERED_WORDS, summary[list(SHOWN_COVERAGE)])
    fits = rows.drop_duplicates("seed")
    console.print(
        f"Searches for the mode that ended at the highest one found: "
        f"{fits['starts_at_mode'].sum()} of {fits['num_starts'].sum()}; in "
        f"{(fits['data_driven_at_mode'] > 0).sum()} of {len(fits)} panels one of the "
        "data-driven starts did"
    )


LIQUIDITY_REGIMES = (
    swept_study(
        RECOVERY,
        "liquidity-regimes",
        recovery_liquidity_regimes,
        summarize_coverage,
        _told_of_recovery,
        RECOVERY_EXAMPLES,
    ),
    CALIBRATION_STUDY,
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
