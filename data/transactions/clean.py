"""Clean transaction messages out of core: read, clean by bucket, account for all.

Everything is written to an unfinished folder inside the output folder, whose manifest
names the input and the rules. A run that is cut short continues from what is complete
there when the same command is given again; the results take their names at the end.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from data.commands.simulated import SIMULATED
from data.commands.workers import WorkerLostError, run_all
from data.errors import DataError
from data.files.atomic import replacing
from data.files.cells import sha256_of_frame, write_frame
from data.files.databases import first_line
from data.transactions.bucket import BucketTask, Limits, Selection, clean_bucket
from data.transactions.counts import summed
from data.transactions.dialects import Dialect
from data.transactions.headers import columns_of
from data.transactions.layout import UNFINISHED
from data.transactions.presets import Preset
from data.transactions.reading import Period, ReadTask, file_number, read_task
from data.transactions.report import account
from data.transactions.results import publish
from data.transactions.rules import rule_queries
from data.transactions.securities import read_securities
from data.transactions.sources import (
    Source,
    open_sources,
    rows_about,
    simulation_behind,
)

_MANIFEST = "manifest.json"

ROWS_A_BUCKET = 1_000_000
"""Messages for each bucket, about, unless the number of buckets is given."""

MOST_BUCKETS = 512

Progress = Callable[[str, int, int, int], None]
"""Called with the stage, units done, units in all and rows done."""


@dataclass(frozen=True)
class Work:
    """How the work is divided.

    Parameters
    ----------
    buckets : int or None
        Parts by CUSIP; None: by the size of the input.
    workers : int
        Processes on this machine.
    scheduler : str or None
        Address of a Dask scheduler to use instead.
    limits : Limits
        Of each worker.
    slice_rows : int
        Rows of a bucket above which it is linked in slices of days.
    """

    buckets: int | None = None
    workers: int = 1
    scheduler: str | None = None
    limits: Limits = field(default_factory=Limits)
    slice_rows: int = 5_000_000


def clean_transactions(
    paths: Sequence[Path],
    dialect: Dialect,
    preset: Preset,
    out: Path,
    selection: Selection | None = None,
    work: Work | None = None,
    progress: Progress = lambda *_: None,
    securities: Path | None = None,
) -> dict[str, Any]:
    """Clean the messages of some files and write what became of each.

    Parameters
    ----------
    paths : sequence of Path
        Files, folders and zips of one dialect.
    dialect : Dialect
        How they are read.
    preset : Preset
        How they are cleaned.
    out : Path
        Folder of ``clean/``, ``rejects/`` and ``report.json``; results of an earlier
        run there are replaced when this one is complete.
    selection : Selection, optional
        Execution dates to write. Messages up to `Selection.PAD_DAYS` around them are
        read, since they may void what is inside.
    work : Work, optional
        How the work is divided. The results do not depend on it.
    progress : callable, optional
        See `Progress`.
    securities : Path, optional
        Reference file of bonds, see `data.transactions.securities.read_securities`;
        needed by filters that say so.

    Returns
    -------
    dict
        The content of ``report.json``, see `data.transactions.report.account`.

    Raises
    ------
    DataError
        The input cannot be used; nothing in ``out`` has changed then.
    """
    selection = selection or Selection()
    work = work or Work()
    started = time.monotonic()
    reference = _reference(securities, preset)
    unfinished = out / UNFINISHED
    staging = unfinished / "staging"
    staging.mkdir(parents=True, exist_ok=True)
    fresh = not (unfinished / _MANIFEST).exists()
    try:
        sources = list(open_sources(list(paths), dialect, staging))
        plan = _plan(sources, dialect, preset, selection, work)
        plan["securities"] = None if reference is None else sha256_of_frame(reference)
        _resume_or_begin(unfinished, plan)
        inputs = _read(sources, dialect, plan, selection, work, unfinished, progress)
    except WorkerLostError:
        raise
    except DataError:
        shutil.rmtree(staging if not fresh else unfinished, ignore_errors=True)
        raise
    shutil.rmtree(staging)
    known = None if reference is None else unfinished / "securities.parquet"
    if reference is not None and known is not None:
        write_frame(reference, known)
    buckets = _clean(plan, preset, selection, work, unfinished, progress, known)
    report = account(
        preset, dialect.name, selection, inputs, summed(buckets), plan["buckets"]
    )
    if simulated := simulation_behind(paths):
        report[SIMULATED] = simulated
    report["seconds"] = round(time.monotonic() - started, 1)
    publish(unfinished, out, report)
    return report


def _reference(securities: Path | None, preset: Preset) -> pd.DataFrame | None:
    """What is known of bonds; refused where a filter asks and nothing is."""
    if securities is not None:
        return read_securities(securities)
    for rule in preset.filters:
        if rule.needs_securities:
            raise DataError(
                f"filter {rule.name} has to know when bonds mature",
                "name a file of cusip and maturity_date with --securities.",
            )
    return None


def _plan(
    sources: list[Source],
    dialect: Dialect,
    preset: Preset,
    selection: Selection,
    work: Work,
) -> dict[str, Any]:
    """All that the results of a run depend on."""
    rows = sum(rows_about(source) for source in sources)
    numbers: dict[int, str] = {}
    seen: dict[str, int] = {}
    inputs = []
    for source in sources:
        columns_of(source, dialect)
        number = file_number(source.sha256, seen.get(source.sha256, 0))
        seen[source.sha256] = seen.get(source.sha256, 0) + 1
        while number in numbers:
            number += 1
        numbers[number] = source.name
        inputs.append({"name": source.name, "sha256": source.sha256, "number": number})
    rules = json.dumps(list(rule_queries(preset)))
    return {
        "inputs": inputs,
        "dialect": json.loads(json.dumps(asdict(dialect), default=dict)),
        "preset": preset.name,
        "rules_sha256": hashlib.sha256(rules.encode()).hexdigest(),
        "selection": asdict(selection),
        "buckets": work.buckets or min(MOST_BUCKETS, 1 + rows // ROWS_A_BUCKET),
        "duckdb": version("duckdb"),
    }


def _resume_or_begin(unfinished: Path, plan: dict[str, Any]) -> None:
    """Keep what an earlier run of the same plan completed, drop any other."""
    manifest = unfinished / _MANIFEST
    try:
        same = json.loads(manifest.read_text(encoding="utf-8")) == plan
    except (OSError, ValueError):
        same = False
    if same:
        return
    for name in ("messages", "results"):
        shutil.rmtree(unfinished / name, ignore_errors=True)
    with replacing(manifest) as temporary:
        temporary.write_text(json.dumps(plan, indent=1), encoding="utf-8")


def _read(
    sources: list[Source],
    dialect: Dialect,
    plan: dict[str, Any],
    selection: Selection,
    work: Work,
    unfinished: Path,
    progress: Progress,
) -> list[dict[str, Any]]:
    period = Period(*selection.padded)
    tasks = [
        ReadTask(
            source,
            dialect,
            entry["number"],
            plan["buckets"],
            period,
            work.limits,
            unfinished / "messages" / str(entry["number"]),
        )
        for source, entry in zip(sources, plan["inputs"], strict=True)
    ]
    found: dict[int, dict[str, Any]] = {}
    rows = 0
    with _limited(work.limits):
        for summary in run_all(read_task, tasks, work.workers, work.scheduler):
            found[summary["number"]] = summary
            rows += summary["rows"]
            progress("read", len(found), len(tasks), rows)
    return [{**entry, **found[entry["number"]]} for entry in plan["inputs"]]


def _clean(
    plan: dict[str, Any],
    preset: Preset,
    selection: Selection,
    work: Work,
    unfinished: Path,
    progress: Progress,
    securities: Path | None,
) -> list[dict[str, Any]]:
    tasks = []
    for number in range(plan["buckets"]):
        files = sorted(unfinished.glob(f"messages/*/bucket={number}/*.parquet"))
        if files:
            out = unfinished / "results" / f"bucket-{number:03d}"
            tasks.append(
                BucketTask(
                    number,
                    tuple(files),
                    out,
                    preset,
                    selection,
                    work.limits,
                    work.slice_rows,
                    securities,
                )
            )
    counts: list[dict[str, Any]] = []
    rows = 0
    with _limited(work.limits):
        for count in run_all(clean_bucket, tasks, work.workers, work.scheduler):
            counts.append(count)
            rows += count["messages"]
            progress("clean", len(counts), len(tasks), rows)
    return counts


@contextmanager
def _limited(limits: Limits) -> Iterator[None]:
    """Say what the engine lacks, and that the work done is kept."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise DataError(
            f"a worker needs more than --memory {limits.memory}: {first_line(error)}",
            "give more --memory, or divide the work into more --buckets.",
        ) from error
    except duckdb.IOException as error:
        raise DataError(
            first_line(error),
            "make room, and check that the files may be read and written; given again, "
            "the command continues.",
        ) from error
