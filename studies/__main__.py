"""Command line: simulation studies of the models."""

import logging
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from data.command_line import ending_on_bad_input
from data.errors import DataError
from data.files import replacing
from models.price_pressure_simulation import NUM_WEEKS
from models.price_pressure_variants import VARIANTS, Variant
from studies.basis_command import RECOVERY_EXAMPLES as BASIS_RECOVERY
from studies.basis_command import recovery_basis_decomposition
from studies.calibration import calibration, rank_table, summarize_calibration
from studies.console import beside, console, progress, require_csv, show, write
from studies.coverage import summarize_coverage
from studies.figures import figure_rank_ecdf
from studies.half_life_command import (
    CENSORING_EXAMPLES,
    censoring_half_life,
    recovery_half_life,
)
from studies.half_life_command import RECOVERY_EXAMPLES as HALF_LIFE_RECOVERY
from studies.liquidity_regimes_command import (
    PRIOR_SENSITIVITY_EXAMPLES,
    prior_sensitivity_liquidity_regimes,
    recovery_liquidity_regimes,
)
from studies.liquidity_regimes_command import (
    RECOVERY_EXAMPLES as LIQUIDITY_REGIMES_RECOVERY,
)
from studies.ranking_command import EXAMPLES as RANKING_EXAMPLES
from studies.ranking_command import ranking_liquidity_regimes
from studies.real_covariates_command import EXAMPLES as REAL_COVARIATES_EXAMPLES
from studies.real_covariates_command import real_covariates_liquidity_regimes
from studies.recovery import recovery
from studies.variants_command import EXAMPLES as VARIANTS_EXAMPLES
from studies.variants_command import variants_liquidity_regimes

DEFAULT_CALIBRATION_VARIANT = "net-order-flow"

SHOWN_COVERAGE = [
    "variant",
    "group",
    "intervals",
    "share_covered",
    "lower_95",
    "upper_95",
    "is_consistent",
]

SHOWN_CALIBRATION = ["parameter", "coverage_95", "p_value", "is_calibrated"]

RECOVERY_EXAMPLES = """Examples

python -m studies recovery price-pressure
--out studies/results/price_pressure_recovery.csv

python -m studies recovery price-pressure --replications 2 --variant net-inventory
--out quick.csv
"""

CALIBRATION_EXAMPLES = """Example: python -m studies calibration price-pressure
--out studies/results/price_pressure_calibration.csv
"""

app = typer.Typer(
    help=__doc__,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
recovery_app = typer.Typer(
    help="Do intervals cover the parameters that made the data?", no_args_is_help=True
)
calibration_app = typer.Typer(
    help="Are parameters from the prior spread evenly over their posteriors?",
    no_args_is_help=True,
)
app.add_typer(recovery_app, name="recovery")
app.add_typer(calibration_app, name="calibration")
real_covariates_app = typer.Typer(
    help="Is the truth found when the covariates are real?", no_args_is_help=True
)
app.add_typer(real_covariates_app, name="real-covariates")
censoring_app = typer.Typer(
    help="What does dropping censored events do?", no_args_is_help=True
)
app.add_typer(censoring_app, name="censoring")
prior_sensitivity_app = typer.Typer(
    help="How much do the priors decide?", no_args_is_help=True
)
app.add_typer(prior_sensitivity_app, name="prior-sensitivity")
ranking_app = typer.Typer(
    help="Does the log score find the model that made the data?", no_args_is_help=True
)
app.add_typer(ranking_app, name="ranking")
variants_app = typer.Typer(
    help="Do the variants beyond the papers sample well?", no_args_is_help=True
)
app.add_typer(variants_app, name="variants")

Out = Annotated[Path, typer.Option(help="Table to write, .csv.")]


@app.callback()
def _configure() -> None:
    # PyMC logs every draw from the prior.
    logging.getLogger("pymc").setLevel(logging.WARNING)


recovery_app.command(
    "liquidity-regimes", epilog=LIQUIDITY_REGIMES_RECOVERY, no_args_is_help=True
)(recovery_liquidity_regimes)
recovery_app.command(
    "basis-decomposition", epilog=BASIS_RECOVERY, no_args_is_help=True
)(recovery_basis_decomposition)
recovery_app.command("half-life", epilog=HALF_LIFE_RECOVERY, no_args_is_help=True)(
    recovery_half_life
)
censoring_app.command("half-life", epilog=CENSORING_EXAMPLES, no_args_is_help=True)(
    censoring_half_life
)


prior_sensitivity_app.command(
    "liquidity-regimes", epilog=PRIOR_SENSITIVITY_EXAMPLES, no_args_is_help=True
)(prior_sensitivity_liquidity_regimes)


@prior_sensitivity_app.callback()
def _prior_sensitivity_group() -> None:
    """Keep ``prior-sensitivity MODEL`` a group while it has one model."""


@censoring_app.callback()
def _censoring_group() -> None:
    """Keep ``censoring MODEL`` a group while it has one model."""


ranking_app.command("liquidity-regimes", epilog=RANKING_EXAMPLES, no_args_is_help=True)(
    ranking_liquidity_regimes
)


@ranking_app.callback()
def _ranking_group() -> None:
    """Keep ``ranking MODEL`` a group while it has one model."""


variants_app.command(
    "liquidity-regimes", epilog=VARIANTS_EXAMPLES, no_args_is_help=True
)(variants_liquidity_regimes)


@variants_app.callback()
def _variants_group() -> None:
    """Keep ``variants MODEL`` a group while it has one model."""


real_covariates_app.command(
    "liquidity-regimes", epilog=REAL_COVARIATES_EXAMPLES, no_args_is_help=True
)(real_covariates_liquidity_regimes)


@real_covariates_app.callback()
def _real_covariates_group() -> None:
    """Keep ``real-covariates MODEL`` a group while it has one model."""


@calibration_app.callback()
def _calibration_group() -> None:
    """Keep ``calibration MODEL`` a group while it has one model."""


@recovery_app.command("price-pressure", epilog=RECOVERY_EXAMPLES, no_args_is_help=True)
@ending_on_bad_input()
def recovery_price_pressure(
    out: Out,
    variant: Annotated[
        list[str] | None,
        typer.Option(help=f"One of {', '.join(VARIANTS)}; repeatable. All."),
    ] = None,
    replications: Annotated[
        int, typer.Option(min=1, max=1000, help="Simulated panels a variant.")
    ] = 20,
    weeks: Annotated[int, typer.Option(help="Length of each panel.")] = NUM_WEEKS,
) -> None:
    """Fit panels simulated at the published estimates of each variant.

    Writes one row a replication and parameter to OUT, and the shares of intervals that
    cover to OUT's name with _summary; after each variant, so that what is done stays.
    """
    require_csv(out)
    chosen = [_variant(name) for name in dict.fromkeys(variant or VARIANTS)]
    tables = []
    with progress("fitting", replications * len(chosen)) as advance:
        for one in chosen:
            tables.append(recovery(one, replications, num_weeks=weeks, advance=advance))
            rows = pd.concat(tables, ignore_index=True)
            summary = summarize_coverage(rows)
            write(rows, out)
            write(summary, beside(out, "summary"))
    show("Share of 95% intervals that cover the truth", summary[SHOWN_COVERAGE])


@calibration_app.command(
    "price-pressure", epilog=CALIBRATION_EXAMPLES, no_args_is_help=True
)
@ending_on_bad_input()
def calibration_price_pressure(
    out: Out,
    variant: Annotated[
        str, typer.Option(help=f"One of {', '.join(VARIANTS)}.")
    ] = DEFAULT_CALIBRATION_VARIANT,
    simulations: Annotated[
        int, typer.Option(min=10, help="Draws from the prior, each fitted.")
    ] = 100,
    weeks: Annotated[int, typer.Option(help="Length of the data.")] = 156,
    seed: Annotated[int, typer.Option(min=0, help="Of all random numbers.")] = 1,
) -> None:
    """Rank draws from the prior among the posteriors of data simulated from them.

    Writes one row a parameter to OUT, the ranks to OUT's name with _ranks, and their
    figure to OUT with the ending .png.
    """
    require_csv(out)
    chosen = _variant(variant)
    with progress("fitting", simulations) as advance:
        result = calibration(chosen, simulations, weeks, seed=seed, advance=advance)
    summary = summarize_calibration(result.ranks)
    write(rank_table(result), beside(out, "ranks"))
    write(summary, out)
    with replacing(out.with_suffix(".png")) as temporary:
        figure_rank_ecdf(result.ranks).savefig(temporary, dpi=110)
    show("Uniformity of ranks", summary[SHOWN_CALIBRATION])
    console.print(
        f"Divergent fits {(result.fits['divergences'] > 0).sum()} of {simulations}; "
        f"largest R-hat {result.fits['max_r_hat'].max():.3f}"
    )


def _variant(name: str) -> Variant:
    if name not in VARIANTS:
        raise DataError(
            f"there is no variant {name!r}", f"Choose one of {', '.join(VARIANTS)}."
        )
    return VARIANTS[name]


if __name__ == "__main__":
    app(prog_name="python -m studies")
