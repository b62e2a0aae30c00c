"""Replications of a study: one by one, in processes or on a cluster, and resumed."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from inspect import Parameter
from pathlib import Path
from typing import Annotated, Any, cast

import pandas as pd
import typer

from data.commands.command import option, options_of, with_options
from data.commands.workers import run_all
from data.errors import DataError
from data.files.unfinished import beside, unfinished
from studies.console import progress, read_earlier, require_csv, show, write
from studies.study import Question, Study

SETTINGS = "settings"
"""Column of a table of replications: what they were made with, as a digest."""

LABELS = ("variant", "estimator", "response", "parameter", "element", SETTINGS)
"""Columns of words, however much they look like numbers or like nothing."""

type Key = tuple[str | int, ...]
type Told = Callable[[pd.DataFrame, pd.DataFrame, Path], None]

Replications = Annotated[int, typer.Option(min=1, max=1000, help="Simulated panels.")]

OUT = option("out", Annotated[Path, typer.Option(help="Table to write, .csv.")])

MACHINES: tuple[Parameter, ...] = (
    option(
        "workers",
        Annotated[
            int,
            typer.Option(
                min=1, max=256, help="Processes, each of which compiles for itself."
            ),
        ],
        1,
    ),
    option(
        "scheduler",
        Annotated[
            str | None, typer.Option(help="Address of a Dask scheduler to work on.")
        ],
        None,
    ),
    option(
        "force",
        Annotated[
            bool,
            typer.Option("--force", help="Begin anew, and replace what OUT holds."),
        ],
        False,
    ),
)


@dataclass(frozen=True)
class Plan:
    """What is run of a study.

    Attributes
    ----------
    replication : callable
        Values of a key, and `settings` by name, -> rows of that replication. Of the top
        level of a module, so that another process finds it. The same in whatever
        process and order.
    keys : sequence of tuple
        Of every replication, in the order of the table.
    settings : mapping
        What is the same for all of them; rows made with others are no part of the same
        table.
    names : tuple of str
        Columns of the rows that hold the key.
    """

    replication: Callable[..., pd.DataFrame]
    keys: Sequence[Key]
    settings: Mapping[str, Any] = field(default_factory=dict)
    names: tuple[str, ...] = ("seed",)

    @property
    def digest(self) -> str:
        """Twelve digits that tell what is run, and its settings, from others."""
        named = {"replication": self.replication.__name__, **self.settings}
        text = json.dumps(named, sort_keys=True, default=_identity)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def _identity(value: Any) -> str:
    """A panel's is that of its file."""
    return str(getattr(value, "sha256", repr(value)))


def seeds(replications: int, first: int = 1) -> list[Key]:
    """Keys of replications that differ by their seed alone."""
    return [(seed,) for seed in range(first, first + replications)]


def swept_study(
    question: Question,
    model: str,
    plan: Callable[..., Plan],
    summarize: Callable[[pd.DataFrame], pd.DataFrame],
    told: Told,
    examples: str,
    suffixes: tuple[str | None, str | None] = (None, "summary"),
) -> Study:
    """Declare a study of replications that do not depend on each other.

    Parameters
    ----------
    question, model, examples
        See `studies.study.Study`.
    plan : callable
        Its keyword-only parameters are the study's own options, its docstring the help.
    summarize : callable
        Rows of all replications -> what they say together.
    told : callable
        Given rows, summary and OUT when both are on file, prints what matters.
    suffixes : (str or None, str or None)
        Of the files of rows and of their summary: OUT's name with it; None: OUT.
    """

    def run(given: Mapping[str, Any]) -> None:
        out = given[OUT.name]
        require_csv(out)
        of_rows, of_summary = (beside(out, x) if x else out for x in suffixes)
        chosen = plan(**{x.name: given[x.name] for x in options_of(plan)})
        machines = given["workers"], given["scheduler"]
        if given["force"]:
            with unfinished(of_rows) as so_far:
                rows = sweep(chosen, so_far, *machines)
        else:
            rows = sweep(chosen, of_rows, *machines)
        summary = summarize(rows)
        write(summary, of_summary)
        told(rows, summary, out)

    options = (OUT, *options_of(plan), *MACHINES)
    return Study(
        question=question,
        model=model,
        run=with_options(run, options, plan.__doc__),
        examples=examples,
    )


def shown(title: str, columns: Sequence[str] | None = None) -> Told:
    """Say no more of a study than its summary, or some columns of it."""

    def told(_: pd.DataFrame, summary: pd.DataFrame, __: Path) -> None:
        show(title, summary if columns is None else summary[list(columns)])

    return told


def sweep(
    plan: Plan, path: Path, workers: int = 1, scheduler: str | None = None
) -> pd.DataFrame:
    """Run the replications that a table lacks, and add each to it as it is done.

    Parameters
    ----------
    plan : Plan
    path : Path
        Table, .csv. What it holds of the plan is not run again; other rows made with
        the same settings stay.
    workers, scheduler
        See `data.commands.workers.run_all`.

    Returns
    -------
    DataFrame
        Rows of the plan, in the order of its keys, with the column ``settings``.

    Raises
    ------
    DataError
        `path` holds replications made with other settings.
    """
    held = _held(path, plan)
    lacking = [key for key in plan.keys if key not in held]
    run = partial(_run, partial(plan.replication, **plan.settings))
    with progress("fitting", len(lacking)) as advance:
        for key, rows in run_all(run, lacking, workers, scheduler):
            held[key] = rows.assign(**{SETTINGS: plan.digest})
            order = dict.fromkeys((*plan.keys, *held))
            whole = pd.concat([held[key] for key in order if key in held])
            write(whole, path, is_announced=False)
            advance()
    # As on file, where numbers are rounded: the same whether it was stopped or not.
    held = _held(path, plan)
    return pd.concat([held[key] for key in plan.keys], ignore_index=True)


def _run(
    replication: Callable[..., pd.DataFrame], key: Key
) -> tuple[Key, pd.DataFrame]:
    return key, replication(*key)


def _held(path: Path, plan: Plan) -> dict[Key, pd.DataFrame]:
    """Rows on file by the key of their replication, in the order of the file."""
    if not path.is_file():
        return {}
    rows = read_earlier(path, plan.names, dtype=dict.fromkeys(LABELS, str))
    if SETTINGS not in rows or set(rows[SETTINGS]) != {plan.digest}:
        raise DataError(
            f"{path} holds replications made with other settings",
            "Name another file, remove it, or begin anew with --force.",
        )
    labels = [name for name in LABELS if name in rows]
    rows[labels] = rows[labels].fillna("")
    parts = rows.groupby([*plan.names], sort=False)
    return {cast(Key, key): part for key, part in parts}
