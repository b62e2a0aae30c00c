"""Kill or stop every kind of command at random moments, and look at what is left.

``python -m tests.faults.kill --kills 20`` takes most of an hour: it builds, fits,
scores, reports, fetches, cleans and compiles a small family, studies and measures a
model, kills each command (SIGKILL) as often at random moments of its run, and checks
after every kill that what stood before stands, that nothing incomplete has the name of
something complete, and in the end that the same command gives the same numbers as if
nothing had happened. ``--by INT`` and ``--by TERM`` stop it and its helpers as a
terminal does, and check that it ends soon, with status 130 and one line.
"""

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
import typer
import xarray as xr

from data.commands.starting import EXIT_INTERRUPTED, STOPPED
from inference.store import read_trace
from tests.places import ROOT
from tests.sources.publisher_files import gsw_csv
from tests.sources.publisher_server import Reply, publisher_server
from tests.transactions.files import rows_of

TOY = ("-m", "tests.faults.toy_commands")
GSW_PATH = "/data/yield-curve-tables/feds200628.csv"
COLD = "compile with a cold cache"
SHARE_OF_COLD = 0.3
"""Of the kills before which the cache is emptied again."""

NEEDED = {"score": ("fit",), "report": ("fit",)}
"""Commands that a command takes the results of."""

SECONDS_FOR_HELPERS = 10.0
"""In which processes that a killed one had started have to be gone."""

SECONDS_TO_END = 15.0
"""In which a command that is stopped has to end."""

FIRST_MOMENT = 0.05
"""Share of the time of a command after which it is killed: until then Python itself
starts, and nobody hears a signal."""

By = Literal["KILL", "INT", "TERM"]


@dataclass(frozen=True)
class Case:
    """A command, and what it leaves.

    Attributes
    ----------
    name : str
    arguments : sequence of str
        Of Python.
    outputs : callable
        The numbers of what the command has written; the same after every whole run.
    environment : dict
        Beside that of this process.
    """

    name: str
    arguments: Sequence[str]
    outputs: Callable[[], object]
    environment: dict[str, str]


def _start(case: Case, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - runs this very interpreter
        [sys.executable, *case.arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **case.environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _run(case: Case, folder: Path) -> float:
    """Run to the end; seconds that it took."""
    start = time.monotonic()
    with _start(case, folder) as process:
        _, said = process.communicate()
    if process.returncode not in (0, 1):
        raise RuntimeError(f"{case.name} ends with {process.returncode}: {said}")
    return time.monotonic() - start


def _posterior(path: Path) -> dict[str, str]:
    """Digest of every variable of a trace; times and dates of the run left out."""
    tree = read_trace(path)
    return {
        f"{group.name}/{name}": _digest(variable)
        for group in tree.children.values()
        for name, variable in group.dataset.data_vars.items()
        if not name.endswith("time")
    }


def _digest(variable: xr.DataArray) -> str:
    values = variable.to_numpy()
    if values.dtype.kind == "O":
        values = values.astype(str)
    return hashlib.sha256(values.tobytes()).hexdigest()


def _files(folder: Path, *endings: str) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.suffix in endings
        # Not those in the hidden folder of a run that was killed, either.
        and not any(x.startswith(".") for x in path.relative_to(folder).parts)
    }


def _rows(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Rows that were kept and rejected, and the account of them."""
    account = json.loads((folder / "report.json").read_text())
    counts = [(name, number) for name, number in sorted(account["rows"].items())]
    return {
        **{kind: rows_of(folder, kind, "row_id") for kind in ("clean", "rejects")},
        "report": counts,
    }


def _tables_of_study(folder: Path) -> dict[str, str]:
    names = "study.csv", "study_summary.csv"
    return {name: (folder / name).read_text() for name in names}


@contextmanager
def _cases(folder: Path, base_url: str) -> Iterator[list[Case]]:
    draws = ("--force", "--draws", "1500", "--tune", "300", "--chains", "2")
    fit = ("inference", "fit", "toy", "--panel", "raw.csv", *draws, "--out")
    cold = folder / "cold"
    cold_place = {"PYTENSOR_FLAGS": f"base_compiledir={cold}"}
    yield [
        Case(
            "build",
            (*TOY, "data", "toy", "--raw", "raw.csv", "--out", "built.csv"),
            lambda: _files(folder, ".csv")["built.csv"],
            {},
        ),
        Case("fit", (*TOY, *fit, "fit.nc"), lambda: _posterior(folder / "fit.nc"), {}),
        Case(
            "score",
            (
                *TOY,
                "inference",
                "score",
                "fit.nc",
                "--force",
                "--first-date",
                "2020-03-12",
            ),
            lambda: _posterior(folder / "fit.nc"),
            {},
        ),
        Case(
            "report",
            (*TOY, "analysis", "report", "fit.nc", "--out", "report"),
            lambda: _files(folder / "report", ".csv", ".tex", ".png"),
            {},
        ),
        Case(
            "fetch",
            (
                *("-m", "data", "fetch", "gsw", "--to", "fetched", "--refresh"),
                *("--base-url", base_url),
            ),
            lambda: _files(folder / "fetched", ".csv"),
            {"NO_PROXY": "127.0.0.1"},
        ),
        Case(
            "clean",
            (
                *("-m", "data", "clean", "transactions", "twin/messages"),
                *("--out", "cleaned", "--buckets", "6", "--workers", "2"),
            ),
            lambda: _rows(folder / "cleaned"),
            {},
        ),
        Case(
            COLD,
            (*TOY, *fit, "cold.nc"),
            lambda: _posterior(folder / "cold.nc"),
            cold_place,
        ),
        Case(
            "study",
            (
                *("-m", "studies", "recovery", "half-life", "--out", "study.csv"),
                *("--variant", "proportional-hazard"),
                *("--replications", "3", "--events", "200"),
            ),
            lambda: _tables_of_study(folder),
            {},
        ),
        Case(
            "benchmark",
            (
                *("-m", "benchmarks", "half-life", "--out", "benchmark.csv"),
                *("--events", "1000", "--draws", "50"),
            ),
            # It measures time: other numbers in each run.
            lambda: list(pd.read_csv(folder / "benchmark.csv")["quantity"]),
            {},
        ),
    ]


def _children(process: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        if parent == process:
            found += [int(stat.parent.name), *_children(int(stat.parent.name))]
    return found


def _kill_once(case: Case, folder: Path, after: float, by: By) -> list[str]:
    """Kill or stop a run of a command; what is wrong afterwards."""
    before = case.outputs()
    helpers: list[int] = []
    wrong = []
    with _start(case, folder) as process:
        try:
            process.communicate(timeout=after)
        except subprocess.TimeoutExpired:
            helpers = _children(process.pid)
            if by == "KILL":
                process.kill()
                process.communicate()
            else:
                wrong += _stop(process, signal.Signals[f"SIG{by}"])
    if case.outputs() != before:
        wrong.append("what stood before has changed")
    deadline = time.monotonic() + SECONDS_FOR_HELPERS
    while helpers and time.monotonic() < deadline:
        helpers = [pid for pid in helpers if Path(f"/proc/{pid}").exists()]
        time.sleep(0.2)
    if helpers:
        wrong.append(f"{len(helpers)} helper processes live on")
    return wrong


def _stop(process: subprocess.Popen[str], number: signal.Signals) -> list[str]:
    """Send a signal to a command and its helpers, as a terminal does; what is wrong."""
    os.killpg(process.pid, number)
    try:
        _, said = process.communicate(timeout=SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return [f"goes on for more than {SECONDS_TO_END:.0f} s"]
    if process.returncode in (0, 1) and STOPPED not in said:
        # It was done when the signal came.
        return []
    wrong = []
    if process.returncode != EXIT_INTERRUPTED:
        wrong.append(f"ends with {process.returncode}")
    if said.count(STOPPED) != 1 or "Traceback" in said or "Interrupt" in said:
        wrong.append(f"says {said[-600:]!r}")
    return wrong


def _hidden(folder: Path) -> list[str]:
    return [
        str(path.relative_to(folder))
        for path in folder.rglob(".*")
        if not path.is_relative_to(folder / "cold")
    ]


def kill(
    kills: Annotated[int, typer.Option(help="Of each command.")] = 20,
    seed: Annotated[int, typer.Option(help="Of the moments.")] = 1,
    only: Annotated[str, typer.Option(help="Name of a command.")] = "",
    by: Annotated[By, typer.Option(help="Signal.")] = "KILL",
) -> None:
    """Kill or stop commands at random moments, and check what they leave."""
    moments = random.Random(seed)  # noqa: S311 - no secret
    failed = False
    with tempfile.TemporaryDirectory() as name, publisher_server() as server:
        server.replies[GSW_PATH] = [Reply(gsw_csv(20_000).encode())]
        folder = Path(name)
        simulate = (*TOY, "models", "toy", "--out", "raw.csv")
        _run(Case("simulate", simulate, dict, {}), folder)
        twin = ("-m", "models", "simulate", "transactions", "--trades", "30000")
        _run(Case("twin", (*twin, "--out", "twin"), dict, {}), folder)
        with _cases(folder, server.base_url) as cases:
            for case in cases:
                if only and case.name not in (only, *NEEDED.get(only, ())):
                    continue
                seconds = _run(case, folder)
                wanted = case.outputs()
                if only and case.name != only:
                    continue
                wrong: list[str] = []
                for _ in range(kills):
                    if case.name == COLD and moments.random() < SHARE_OF_COLD:
                        shutil.rmtree(folder / "cold", ignore_errors=True)
                    after = seconds * moments.uniform(FIRST_MOMENT, 1.0)
                    wrong += _kill_once(case, folder, after, by)
                left = len(_hidden(folder))
                _run(case, folder)
                if case.outputs() != wanted:
                    wrong.append("numbers afterwards differ")
                if _hidden(folder):
                    wrong.append(f"left behind: {', '.join(_hidden(folder))}")
                verdict = "; ".join(dict.fromkeys(wrong)) or "sound"
                typer.echo(
                    f"{case.name}: {kills} times SIG{by} within {seconds:.1f} s, "
                    f"{left} temporary files before the last run: {verdict}"
                )
                failed = failed or bool(wrong)
    raise typer.Exit(int(failed))


if __name__ == "__main__":
    typer.run(kill)
