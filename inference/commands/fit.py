"""Commands that fit: from options, from a file, and again from a trace."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from inspect import Parameter
from pathlib import Path
from typing import Annotated, Any

import typer
import xarray as xr

from data.commands.command import Command, option, options_of, with_options
from data.errors import DataError
from inference.commands.console import EXIT_CHECK_FAILED, console, fit_and_write
from inference.store import require_unwritten
from inference.traced.configuration import ATTRIBUTE, FitConfiguration
from inference.traced.model import TracedModel
from inference.traced.options import FORCE, OUT, Force, Out
from inference.traced.prepared import PreparedModel, start_at_posterior_mean
from inference.traced.reading import read_model_trace

Told = Callable[[Path], None]
"""What else is said of a trace once it is written and judged."""

Models = Mapping[str, TracedModel]

RUN_EXAMPLE = "Example: python -m inference run fit.toml"

CONFIG_EXAMPLE = "Example: python -m inference config traces/cash.nc --out fit.toml"

RERUN_EXAMPLE = (
    "Example: python -m inference rerun traces/cash.nc --out traces/again.nc"
)

UPDATE_EXAMPLE = (
    "Example: python -m inference update traces/cash.nc --panel data/clean/longer.csv "
    "--out traces/longer.nc"
)

Trace = Annotated[Path, typer.Argument(help="Trace file (.nc).")]


def say_nothing(_: Path) -> None:
    """Say no more than the verdict."""


def fit_command(model: TracedModel, told: Told = say_nothing) -> Command:
    """Command that reads a panel, samples the model and writes its trace."""
    help_of_panel = f"{model.panel.title}, .csv or .parquet."
    panel = option("panel", Annotated[Path, typer.Option(help=help_of_panel)])
    own = options_of(model.specify)

    def run(given: Mapping[str, Any]) -> None:
        configuration = FitConfiguration(
            model=model.name,
            panel=str(given[panel.name]),
            out=str(given[OUT.name]),
            options={x.name: given[x.name] for x in own},
            sampler={x: given[x] for x in model.sampler_options},
        )
        run_fit(configuration, model, told, is_forced=given[FORCE.name])

    options: tuple[Parameter, ...] = (
        panel,
        *own,
        OUT,
        FORCE,
        *model.sampler_options.values(),
    )
    return Command(
        name=model.name,
        run=with_options(run, options, model.specify.__doc__),
        examples=model.examples,
    )


def run_fit(
    configuration: FitConfiguration,
    model: TracedModel,
    told: Told,
    *,
    is_forced: bool,
    changed: Callable[[PreparedModel], PreparedModel] = lambda prepared: prepared,
) -> None:
    """Fit what a configuration says, write the trace, and judge it.

    Raises
    ------
    DataError
        Before anything is sampled, if the configuration cannot be fitted, or a trace
        stands where this one is to be written and is not to be replaced.
    typer.Exit
        With status 1 if the trace fails a check.
    """
    out = Path(configuration.out)
    require_unwritten(out, is_forced=is_forced)
    prepared, settings = configuration.prepared(model)
    verdict = fit_and_write(changed(prepared), settings, out)
    told(out)
    if not verdict.passed:
        raise typer.Exit(EXIT_CHECK_FAILED)


def configuration_commands(models: Models, told: Told) -> tuple[Command, ...]:
    """Commands that fit from a file and from what a trace carries."""

    def run(
        file: Annotated[Path, typer.Argument(help="Configuration of a fit (.toml).")],
        force: Force = False,
    ) -> None:
        """Fit what a file says: model, panel, options, sampler, priors, trace."""
        configuration = FitConfiguration.read(file)
        model = _model_of(configuration, models, str(file))
        run_fit(configuration, model, told, is_forced=force)

    def config(trace: Trace, out: Path | None = None) -> None:
        """Print what a fit was asked, or write it as a file to run again.

        All priors are in it, to be changed.
        """
        tree, _ = read_model_trace(trace, models)
        configuration = _carried(tree, trace)
        if _model_of(configuration, models, str(trace)).default_priors is not None:
            priors = tree.attrs.get("priors", configuration.priors)
            configuration = replace(configuration, priors=priors)
        if out is None:
            typer.echo(configuration.as_toml(), nl=False)
        else:
            configuration.write(out)
            typer.echo(out)

    def rerun(trace: Trace, out: Out, force: Force = False) -> None:
        """Fit again what a trace was asked to hold: the same numbers."""
        old, _ = read_model_trace(trace, models)
        configuration = replace(_carried(old, trace), out=str(out))
        model = _model_of(configuration, models, str(trace))

        def same_data(prepared: PreparedModel) -> PreparedModel:
            if prepared.description["data_sha256"] != old.attrs["data_sha256"]:
                raise DataError(
                    f"{configuration.panel} is not what {trace} was fitted to",
                    "Fit changed data with: python -m inference update",
                )
            return prepared

        run_fit(configuration, model, told, is_forced=force, changed=same_data)

    def update(
        trace: Trace,
        panel: Annotated[Path, typer.Option(help="Newer panel, .csv or .parquet.")],
        out: Out,
        force: Force = False,
    ) -> None:
        """Fit a newer panel as a trace was fitted, starting at what it found."""
        old, _ = read_model_trace(trace, models)
        configuration = replace(_carried(old, trace), panel=str(panel), out=str(out))
        model = _model_of(configuration, models, str(trace))

        def warm(prepared: PreparedModel) -> PreparedModel:
            return start_at_posterior_mean(prepared, old["posterior"].to_dataset())

        run_fit(configuration, model, told, is_forced=force, changed=warm)
        console.print(
            f"What changed: python -m analysis changes {trace} {out}", markup=False
        )

    return (
        Command(name="run", run=run, examples=RUN_EXAMPLE),
        Command(name="config", run=config, examples=CONFIG_EXAMPLE),
        Command(name="rerun", run=rerun, examples=RERUN_EXAMPLE),
        Command(name="update", run=update, examples=UPDATE_EXAMPLE),
    )


def _carried(trace: xr.DataTree, path: Path) -> FitConfiguration:
    if ATTRIBUTE not in trace.attrs:
        raise DataError(
            f"{path} does not carry what its fit was asked",
            "Fit it again with: python -m inference fit",
        )
    return FitConfiguration.of(trace.attrs[ATTRIBUTE], str(path))


def _model_of(
    configuration: FitConfiguration, models: Models, source: str
) -> TracedModel:
    if configuration.model not in models:
        raise DataError(
            f"{source}: there is no model {configuration.model!r}",
            f"Choose one of {', '.join(models)}.",
        )
    return models[configuration.model]
