"""Replications of a study: one by one, in processes or on a cluster, and resumed."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import Parameter
from pathlib import Path
from typing import Annotated, Any

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
        Values of a key -> rows of that replication. Of the top level of a module, so
        that another process finds it, or a `functools.partial` of one. The same in
        whatever process and order.
    keys : sequence of tuple
        Of every replication, in the order of the table.
    settings : mapping
        What rows depend on beside the key: rows made with others are no part of the
        same table. Values are told apart by their JSON or, where it has none, by their
        `repr`.
    names : tuple of str
        Columns of the rows that hold the key.
    """

    replication: Callable[..., pd.DataFrame]
    keys: Sequence[Key]
    settings: Mapping[str, Any] = field(default_factory=dict)
    names: tuple[str, ...] = ("seed",)


@dataclass(frozen=True)
class _Task:
    """A replication to run, as another process gets it."""

    replication: Callable[..., pd.DataFrame]
    key: Key


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
        own = {x.name: given[x.name] for x in options_of(plan)}
        rows = sweep(
            plan(**own),
            of_rows,
            given["workers"],
            given["scheduler"],
            is_anew=given["force"],
        )
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
    plan: Plan,
    path: Path,
    workers: int = 1,
    scheduler: str | None = None,
    *,
    is_anew: bool = False,
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
    is_anew : bool
        Whether to take no account of what stands in `path`, and to replace it when
        all is done.

    Returns
    -------
    DataFrame
        Rows of the plan, in the order of its keys, with the column ``settings``.

    Raises
    ------
    DataError
        `path` holds replications made with other settings.
    """
    digest = settings_digest(plan)
    if is_anew:
        with unfinished(path) as so_far:
            _add_missing(plan, so_far, digest, workers, scheduler)
    else:
        _add_missing(plan, path, digest, workers, scheduler)
    # As on file, where numbers are rounded: the same whether it was stopped or not.
    held = _held(path, plan.names, digest)
    return pd.concat([held[key] for key in plan.keys], ignore_index=True)


def _add_missing(
    plan: Plan, path: Path, digest: str, workers: int, scheduler: str | None
) -> None:
    held = _held(path, plan.names, digest)
    tasks = [_Task(plan.replication, key) for key in plan.keys if key not in held]
    with progress("fitting", len(tasks)) as advance:
        for key, rows in run_all(_run, tasks, workers, scheduler):
            held[key] = rows.assign(**{SETTINGS: digest})
            others = [key for key in held if key not in plan.keys]
            order = [key for key in (*plan.keys, *others) if key in held]
            write(pd.concat([held[x] for x in order]), path, is_announced=False)
            advance()


def settings_digest(plan: Plan) -> str:
    """Twelve digits of what rows of a plan depend on beside their keys."""
    text = json.dumps(dict(plan.settings), sort_keys=True, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _run(task: _Task) -> tuple[Key, pd.DataFrame]:
    return task.key, task.replication(*task.key)


def _held(path: Path, names: tuple[str, ...], digest: str) -> dict[Key, pd.DataFrame]:
    """Rows on file by the key of their replication, in the order of the file."""
    if not path.is_file():
        return {}
    rows = read_earlier(path, names, dtype=dict.fromkeys(LABELS, str))
    if SETTINGS not in rows or set(rows[SETTINGS]) != {digest}:
        raise DataError(
            f"{path} holds replications made with other settings",
            "Name another file, or begin anew with --force.",
        )
    labels = [name for name in LABELS if name in rows]
    rows[labels] = rows[labels].fillna("")
    keys = list(zip(*(rows[name].tolist() for name in names), strict=True))
    return {key: rows[[other == key for other in keys]] for key in dict.fromkeys(keys)}
