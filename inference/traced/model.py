"""What a family declares of a model that is fitted: its data, trace and options."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import Parameter
from typing import Any

import xarray as xr

from data.commands.command import Command
from data.errors import DataError
from data.panel import PanelKind
from inference.checks.fit_to_data import FamilyChecks
from inference.traced.forecast import Forecast, ForecastRequest
from inference.traced.layout import TraceLayout
from inference.traced.options import SAMPLER_OPTIONS
from inference.traced.prepared import PreparedModel


@dataclass(frozen=True, kw_only=True)
class TracedModel:
    """A model whose posterior is sampled and kept.

    Attributes
    ----------
    name : str
        Attribute ``model`` of its traces, command ``python -m inference fit NAME``.
    panel : PanelKind
        What it is fitted to.
    holds : TraceLayout
        What its traces promise.
    checks : FamilyChecks
        What the verdict on its traces looks at.
    prepare : callable
        Maps a panel, and what `specify` returns as keyword arguments, to a
        `PreparedModel`.
    specify : callable
        Checks what the user chose before any file is read. Its keyword-only parameters
        are the options of the command, beside those of every fit; its docstring is the
        help.
    default_priors : callable, optional
        Maps what `specify` returns to the priors, a dataclass, that `prepare` takes as
        ``priors`` where none are given. None: its priors cannot be set from a file.
    prepare_again : callable, optional
        Builds the model that a trace was drawn from, from the trace alone. None: traces
        cannot be scored.
    score : callable, optional
        Scores a trace from the trace alone, where a model knows better what to leave
        out than dates one after another. The result has the attributes ``group``, where
        it is kept, ``of``, what was left out, ``elpd_sum`` and ``num_fits``.
    forecast : callable, optional
        Predicts onwards from a trace. None: nothing follows the data of the model.
    examples : str
        Of the command.
    sampler_options : mapping of str to Parameter
        Options that make the `inference.settings.SamplerSettings`.
    exports : tuple of Command
        Commands ``python -m inference export`` that read its traces.
    """

    name: str
    panel: PanelKind[Any]
    holds: TraceLayout
    checks: FamilyChecks
    prepare: Callable[..., PreparedModel]
    specify: Callable[..., dict[str, Any]]
    default_priors: Callable[[Mapping[str, Any]], Any] | None = None
    prepare_again: Callable[[xr.DataTree], PreparedModel] | None = None
    score: Callable[[xr.DataTree], xr.Dataset] | None = None
    forecast: Callable[[xr.DataTree, ForecastRequest], Forecast] | None = None
    examples: str
    sampler_options: Mapping[str, Parameter] = field(
        default_factory=lambda: SAMPLER_OPTIONS
    )
    exports: tuple[Command, ...] = ()


def prepared_again(
    trace: xr.DataTree, models: Mapping[str, TracedModel]
) -> PreparedModel:
    """Build the model behind a trace again, on the same data.

    Parameters
    ----------
    trace : xr.DataTree
        Result of a fit, or the same read from its file.
    models : mapping of str to TracedModel
        By name.

    Raises
    ------
    DataError
        The trace is of none of the models, of one that cannot be scored, or lacks an
        attribute that building takes.
    """
    name = trace.attrs.get("model")
    scorable = {
        model.name: model.prepare_again
        for model in models.values()
        if model.prepare_again is not None
    }
    if name not in scorable:
        raise DataError(
            f"the trace is of the model {name!r}, which cannot be scored",
            f"Models that can: {', '.join(scorable)}.",
        )
    try:
        return scorable[name](trace)
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"the trace does not say how its model is built: {error}",
            f"Write it again with: python -m inference fit {name} ...",
        ) from error
