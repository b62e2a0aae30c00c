"""What a model believes before it sees the data: numbers, a figure, and the command."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
import xarray as xr

from analysis.description import ModelDescription
from analysis.estimates import element_estimates
from analysis.every_model.figures_predictive import figure_prior_check
from analysis.model_report import ModelReport
from analysis.page.columns import bounds, chance, displayed, once, rounded, words
from analysis.page.section import ReportFigure
from analysis.page.style import ENCODERS, write_figure_as
from analysis.page.table import Table
from analysis.page.table_files import WRITERS, write_table_as
from analysis.page.terminal import print_table, terminal
from data.commands.command import Command, option, options_of, with_options
from data.files.atomic import require_place
from inference.checks.predictive_checks import compare_statistics
from inference.fitting import draw_from_prior
from inference.sampling.progress import working
from inference.store import write_trace
from inference.traced.configuration import FitConfiguration, read_priors

TRACE_ENDING = ".nc"

EXAMPLES = """Priors other than the defaults stand in a file, as python -m inference
config writes them: a table [priors].

Examples

python -m analysis prior-predictive price-pressure --panel data/clean/panel.parquet
--variant cash-inventory-persistent-errors --out prior.pdf

python -m analysis prior-predictive liquidity-regimes --panel data/clean/regimes.parquet
--priors fit.toml --out prior.nc --out prior.xlsx
"""

DRAWS = option(
    "draws", Annotated[int, typer.Option(min=10, help="From the prior.")], 500
)
SEED = option(
    "seed", Annotated[int, typer.Option(min=0, help="Of all random numbers.")], 1
)
PRIORS = option(
    "priors",
    Annotated[
        Path | None, typer.Option(help="File with a table [priors]; see config.")
    ],
    None,
)
OUT = option(
    "out",
    Annotated[
        list[Path] | None,
        typer.Option(
            help="File to write, repeatable: the draws (.nc), the table "
            f"({', '.join(WRITERS)}) or the figure ("
            f"{', '.join(f'.{kind}' for kind in ENCODERS)})."
        ),
    ],
    None,
)


def prior_predictive_command(report: ModelReport) -> Command:
    """Command that draws from the prior of a model on a panel, before any fit."""
    model = report.model
    help_of_panel = f"{model.panel.title}, .csv or .parquet."
    panel = option("panel", Annotated[Path, typer.Option(help=help_of_panel)])
    own = options_of(model.specify)

    def run(given: Mapping[str, Any]) -> None:
        out: list[Path] = given[OUT.name] or []
        for path in out:
            require_place(path)
        stated = given[PRIORS.name]
        configuration = FitConfiguration(
            model=model.name,
            panel=str(given[panel.name]),
            out="",
            options={x.name: given[x.name] for x in own},
            sampler={"seed": given[SEED.name]},
            priors={} if stated is None else read_priors(stated),
        )
        prepared, settings = configuration.prepared(model)
        for note in prepared.notes:
            typer.echo(note)
        # PyMC tells every variable that it draws.
        logging.getLogger("pymc").setLevel(logging.WARNING)
        with working("drawing from the prior", shown=True):
            tree = draw_from_prior(prepared, given[DRAWS.name], settings)
        _show(tree, report, out)

    options = (panel, *own, PRIORS, DRAWS, SEED, OUT)
    return Command(
        name=model.name,
        run=with_options(run, options, model.specify.__doc__),
        examples=EXAMPLES,
    )


def _show(tree: xr.DataTree, report: ModelReport, out: list[Path]) -> None:
    described = report.description.of(tree["panel"].to_dataset())
    table = table_prior_predictive(tree, described)
    print_table(table_prior(tree, described), terminal())
    print_table(table, terminal())
    for path in out:
        kind = path.suffix.lower()
        if kind == TRACE_ENDING:
            write_trace(tree, path)
        elif kind.removeprefix(".") in ENCODERS:
            write_figure_as(figure_prior_predictive(tree, described).drawn(), path)
        else:
            write_table_as(table, path)
        typer.echo(path)


def _name(tree: xr.DataTree) -> str:
    return f"{tree.attrs['model']} ({tree.attrs['variant']})"


def table_prior(tree: xr.DataTree, described: ModelDescription) -> Table:
    """Mean and interval of every parameter before the data.

    Parameters
    ----------
    tree : DataTree
        Of `inference.fitting.draw_from_prior`.
    described : ModelDescription
    """
    prior = tree["prior"].to_dataset()
    shown = [name for name in described.shown_parameters if name in prior]
    rows = element_estimates(prior, shown, described.element_label)
    said = dict(described.parameter_words)
    display = displayed(
        rows,
        [
            once("Parameter", lambda frame: frame["parameter"].map(said)),
            words("Of", "label"),
            rounded("Mean", "mean", 3),
            bounds(3),
        ],
    )
    caption = f"Prior of {_name(tree)}: mean and equal-tailed 95% interval."
    return Table("table_prior", caption, rows, display)


def table_prior_predictive(tree: xr.DataTree, described: ModelDescription) -> Table:
    """Statistics of the observed data beside those of data drawn from the prior."""
    check = described.checks.predictive_check(str(tree.attrs["variant"]))
    frame = compare_statistics(tree, check, "prior_predictive")
    display = displayed(
        frame,
        [
            once("Statistic", "statistic"),
            words("Of", "label"),
            rounded("Observed", "observed", 2),
            rounded("Median from the prior", "median", 2),
            bounds(2, "95% from the prior"),
            chance("P(drawn ≥ observed)", "probability_above"),
        ],
    )
    caption = (
        f"Statistics of the observed {check.subject} beside data drawn from the prior "
        f"of {_name(tree)}. The prior should allow what was observed without insisting "
        "on it: a probability near 0 or 1 says that it does not."
    )
    return Table("table_prior_predictive", caption, frame, display)


def figure_prior_predictive(
    tree: xr.DataTree, described: ModelDescription
) -> ReportFigure:
    """The same as a figure."""
    check = described.checks.predictive_check(str(tree.attrs["variant"]))
    frame = compare_statistics(tree, check, "prior_predictive")
    caption = f"Prior predictive check of {_name(tree)}."
    return ReportFigure(
        "figure_prior_predictive", caption, lambda: figure_prior_check(check, frame)
    )
