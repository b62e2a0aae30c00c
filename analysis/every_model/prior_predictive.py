"""What a model believes before it sees the data: numbers, a figure, and the command."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import pandas as pd
import typer
import xarray as xr
from matplotlib.figure import Figure

from analysis.description import ModelDescription
from analysis.estimates import element_estimates
from analysis.every_model.figures_predictive import figure_prior_check
from analysis.every_model.told import KINDS_OF_FILES, tell
from analysis.model_report import ModelReport
from analysis.page.columns import bounds, chance, displayed, once, rounded, words
from analysis.page.exhibit import Exhibit, drawn, of_subject
from data.commands.command import Command, option, options_of, with_options
from data.files.atomic import require_place
from inference.checks.predictive_checks import PredictiveCheck, compare_statistics
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
            help=f"File to write, repeatable: the draws (.nc), {KINDS_OF_FILES}."
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
        described = report.description.of(tree["panel"].to_dataset())
        traces = [path for path in out if path.suffix.lower() == TRACE_ENDING]
        others = [path for path in out if path not in traces]
        tell(of_subject(BELIEFS, Believed(tree, described)), others)
        for path in traces:
            write_trace(tree, path)
            typer.echo(path)

    options = (panel, *own, PRIORS, DRAWS, SEED, OUT)
    return Command(
        name=model.name,
        run=with_options(run, options, model.specify.__doc__),
        examples=EXAMPLES,
    )


class Believed(NamedTuple):
    """Draws of `inference.fitting.draw_from_prior` and names of what was drawn."""

    tree: xr.DataTree
    described: ModelDescription

    @property
    def name(self) -> str:
        """Model and variant."""
        return f"{self.tree.attrs['model']} ({self.tree.attrs['variant']})"

    @property
    def check(self) -> PredictiveCheck:
        """What data from the prior are compared with the observed by."""
        return self.described.checks.predictive_check(self.tree.attrs["variant"])


def prior_estimates(believed: Believed) -> pd.DataFrame:
    """Every shown parameter before the data, as `element_estimates`."""
    described, prior = believed.described, believed.tree["prior"].to_dataset()
    shown = [name for name in described.shown_parameters if name in prior]
    return element_estimates(prior, shown, described.element_label)


def _laid_out(believed: Believed, frame: pd.DataFrame) -> pd.DataFrame:
    said = dict(believed.described.parameter_words)
    columns = (
        once("Parameter", lambda frame: frame["parameter"].map(said)),
        words("Of", "label"),
        rounded("Mean", "mean", 3),
        bounds(3),
    )
    return displayed(frame, columns)


def prior_statistics(believed: Believed) -> pd.DataFrame:
    """Statistics of the observed data beside those of data drawn from the prior."""
    return compare_statistics(believed.tree, believed.check, "prior_predictive")


def figure_prior_predictive(believed: Believed, frame: pd.DataFrame) -> Figure:
    """The same as a figure."""
    return figure_prior_check(believed.check, frame)


BELIEFS = (
    Exhibit(
        name="table_prior",
        caption="Prior of {fit.name}: mean and equal-tailed 95% interval.",
        frame=prior_estimates,
        columns=_laid_out,
    ),
    Exhibit(
        name="table_prior_predictive",
        caption="Statistics of the observed {fit.check.subject} beside data drawn from "
        "the prior of {fit.name}. The prior should allow what was observed without "
        "insisting on it: a probability near 0 or 1 says that it does not.",
        frame=prior_statistics,
        columns=(
            once("Statistic", "statistic"),
            words("Of", "label"),
            rounded("Observed", "observed", 2),
            rounded("Median from the prior", "median", 2),
            bounds(2, "95% from the prior"),
            chance("P(drawn ≥ observed)", "probability_above"),
        ),
    ),
    drawn(
        figure_prior_predictive,
        "Prior predictive check of {fit.name}.",
        frame=prior_statistics,
    ),
)
