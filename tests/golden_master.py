"""Hold the numbers and words of the reports against those of an earlier commit.

Before a change that must change nothing, and after it:

    python -m tests.golden_master freeze DIR
    python -m tests.golden_master compare DIR

`freeze` simulates the twins, fits few draws of every model and writes two reports: that
of ``make report``, and one that holds variants against each other. `compare` fits again
from the frozen panels, and writes the reports again from the frozen traces. The times,
paths and versions of a report are those its traces record: frozen too, and compared.

Only commands are called, no module of the project is imported, so that the same file
runs before and after modules move. Draws are the same for the same machine code only:
freeze and compare on one machine.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Annotated

import numpy as np
import pandas as pd
import typer
import xarray as xr

from tests.report_differences import differences, write_page_text

ROOT = Path(__file__).parents[1]

FEW_DRAWS = "--seed 1 --chains 2 --tune 150 --draws 100"

PANELS = {
    "price-pressure": "price-pressure --variant cash-futures-order-flow --seed 1",
    "liquidity-regimes": "liquidity-regimes --seed 1",
    "half-life": "half-life --seed 1",
    "basis": "basis --seed 1",
}
"""Options of `python -m models simulate`, as the Makefile has them."""

FITS = {
    "twin-cash-futures-order-flow": "price-pressure --variant cash-futures-order-flow",
    "twin-regimes": "liquidity-regimes --covariates IV",
    "twin-half-life": "half-life --variant proportional-hazard",
    "twin-basis": "basis-decomposition",
    "net-order-flow": "price-pressure --variant net-order-flow",
    "cash-futures-inventory": "price-pressure --variant cash-futures-inventory",
    "regimes-constant": "liquidity-regimes --covariates II --transition constant",
    "thresholds": "threshold-regression",
    "half-life-weibull": "half-life --variant discrete-weibull",
    "half-life-linear": "half-life --variant linear",
}
"""Options of `python -m inference fit`."""

PANEL_OF_MODEL = {
    "price-pressure": "price-pressure",
    "liquidity-regimes": "liquidity-regimes",
    "threshold-regression": "liquidity-regimes",
    "half-life": "half-life",
    "basis-decomposition": "basis",
}

SCORED = {
    "net-order-flow": "--first-date 2018-01-03",
    "cash-futures-inventory": "--first-date 2018-01-03",
}
"""Options of `python -m inference score`: a dozen weeks, which need one fit."""

REPORTS = {
    "make-report": (
        "twin-cash-futures-order-flow",
        "twin-regimes",
        "twin-half-life",
        "twin-basis",
    ),
    "comparison": (
        "net-order-flow",
        "cash-futures-inventory",
        "twin-regimes",
        "regimes-constant",
        "thresholds",
        "twin-half-life",
        "half-life-weibull",
        "half-life-linear",
    ),
}
"""Traces of `python -m analysis report`."""

CHECKS_FAILED = 1
"""How commands end whose result is there but not to be used: few draws fail checks."""

DATA_GROUPS = ("observed_data", "constant_data", "panel")
"""Groups of a trace that no draw changes."""

CHANGES_BY_RUN = ("created", "versions", "wall_time_s", "wall_time_by_step_s")
"""Attributes of a trace that two equal fits differ in."""

DRAWN_ATTRIBUTES = ("diagnostics", "diagnostic_failures", "incidental_r_hat")
"""Attributes of a trace that depend on its draws."""

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the freeze.")]

app = typer.Typer(
    add_completion=False, help="Freeze the reports, or compare them with a freeze."
)


def say(text: str) -> None:
    """Print at once, whatever the standard output is."""
    print(text, flush=True)


def run(folder: Path, *arguments: str, may_fail_checks: bool = True) -> str:
    """Run ``python -m`` in `folder`, so that traces record relative paths."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    start = time.monotonic()
    done = subprocess.run(  # noqa: S603 - this very interpreter
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": path, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    command = " ".join(arguments)
    if done.returncode > (CHECKS_FAILED if may_fail_checks else 0):
        sys.exit(f"status {done.returncode}: {command}\n{done.stdout}{done.stderr}")
    say(f"{time.monotonic() - start:6.0f} s  {command}")
    verdict = [line for line in done.stderr.splitlines() if line.startswith("FAILED")]
    return "\n".join([f"status {done.returncode}", *sorted(verdict)]) + "\n"


def simulate(folder: Path, panels: Path) -> None:
    """Write every panel to the folder `panels`."""
    for name, options in PANELS.items():
        out = ("--out", str(panels / f"{name}.parquet"))
        simulated = ("models", "simulate", *options.split(), *out)
        run(folder, *simulated, may_fail_checks=False)


def fit(folder: Path, traces: Path, names: Iterable[str]) -> None:
    """Fit to the panels of `folder`, and score, into the folder `traces`."""
    for name in names:
        model, *options = FITS[name].split()
        panel = ("--panel", f"panels/{PANEL_OF_MODEL[model]}.parquet")
        trace = str(traces / f"{name}.nc")
        options += [*FEW_DRAWS.split(), *panel, "--out", trace]
        run(folder, "inference", "fit", model, *options)
        if name in SCORED:
            run(folder, "inference", "score", trace, *SCORED[name].split())


def report(folder: Path, reports: Path) -> None:
    """Write every report from the traces of `folder` to the folder `reports`."""
    for name, fits in REPORTS.items():
        traces = [f"traces/{fit}.nc" for fit in fits]
        out = reports / name
        verdict = run(folder, "analysis", "report", *traces, "--out", str(out))
        (folder / out / "verdict.txt").write_text(verdict)
        write_page_text(folder / out / "index.html", folder / out / "page.txt")


def panel_differences(frozen: Path, again: Path) -> Iterator[str]:
    """Columns of panels that are not equal to the last bit."""
    for name in PANELS:
        one, two = (pd.read_parquet(x / f"{name}.parquet") for x in (frozen, again))
        if one.equals(two):
            continue
        columns = [x for x in one if x not in two or not one[x].equals(two[x])]
        yield f"panel {name}: columns {columns or 'added'} differ"


def trace_differences(frozen: Path, again: Path) -> tuple[list[str], list[str]]:
    """What must not differ between two fits, and the draws that moved."""
    wrong: list[str] = []
    moved: list[str] = []
    with xr.open_datatree(frozen) as one, xr.open_datatree(again) as two:
        for name in sorted({*one.attrs, *two.attrs}.difference(CHANGES_BY_RUN)):
            was, now = (str(x.attrs.get(name)) for x in (one, two))
            if was != now:
                changed = moved if name in DRAWN_ATTRIBUTES else wrong
                changed.append(f"attribute {name}: {was}, now {now}")
        for group in sorted({*one.children, *two.children}):
            if group not in one.children or group not in two.children:
                wrong.append(f"group {group}: in one trace only")
                continue
            found = _group_differences(one[group].dataset, two[group].dataset)
            (wrong if group in DATA_GROUPS else moved).extend(
                f"{group}.{text}" for text in found
            )
    return wrong, moved


def _group_differences(one: xr.Dataset, two: xr.Dataset) -> Iterator[str]:
    for name in sorted({*map(str, one.variables), *map(str, two.variables)}):
        if name not in one.variables or name not in two.variables:
            yield f"{name}: in one trace only"
            continue
        was, now = one[name], two[name]
        if was.dims != now.dims or was.shape != now.shape:
            yield f"{name}: dims {dict(was.sizes)}, now {dict(now.sizes)}"
        elif was.dtype != now.dtype:
            yield f"{name}: {was.dtype}, now {now.dtype}"
        elif not np.array_equal(was, now, equal_nan=was.dtype.kind in "fc"):
            yield f"{name}: {_largest(was.to_numpy(), now.to_numpy())}"


def _largest(was: np.ndarray, now: np.ndarray) -> str:
    """Largest change, also in standard deviations of what was drawn."""
    if was.dtype.kind not in "fiub":
        return f"{np.count_nonzero(was != now)} of {was.size} elements differ"
    was, now = was.astype(float), now.astype(float)
    change, spread = float(np.nanmax(np.abs(now - was))), float(np.nanstd(was))
    ratio = f" ({change / spread:.2g} standard deviations)" if spread else ""
    return f"largest change {change:.3g}{ratio}"


def _compare_fits(folder: Path, work: Path) -> bool:
    """Simulate and fit again; False where panels or data of a trace differ."""
    simulate(folder, work / "simulated")
    wrong = list(panel_differences(folder / "panels", work / "simulated"))
    for text in wrong:
        say(f"DIFFERS  {text}")
    for name in FITS:
        fit(work, Path("traces"), [name])
        file = f"traces/{name}.nc"
        not_allowed, moved = trace_differences(folder / file, work / file)
        wrong += not_allowed
        for text in not_allowed:
            say(f"DIFFERS  {name}: {text}")
        for text in moved:
            say(f"moved    {name}: {text}")
        if not not_allowed and not moved:
            say(f"equal    {name}: every draw, every group")
    return not wrong


@app.command()
def freeze(folder: Folder) -> None:
    """Keep panels, traces and reports in DIR, which must not be there yet."""
    folder.mkdir(parents=True)
    for part in ("panels", "traces", "reports"):
        (folder / part).mkdir()
    simulate(folder, Path("panels"))
    fit(folder, Path("traces"), FITS)
    report(folder, Path("reports"))


@app.command()
def compare(
    folder: Folder,
    reports_only: Annotated[
        bool, typer.Option("--reports-only", help="Do not fit again.")
    ] = False,
) -> None:
    """Say what differs now; end with 1 where panels, data or a report do.

    Draws that moved are listed as such and do not fail: a change of machine code moves
    them.
    """
    folder = folder.resolve(strict=True)
    work = Path(mkdtemp(prefix="golden-master-"))
    for part in ("simulated", "traces", "reports"):
        (work / part).mkdir()
    # Traces record the places that they are made from and written to: the same ones.
    (work / "panels").symlink_to(folder / "panels")
    is_equal = reports_only or _compare_fits(folder, work)
    report(folder, work / "reports")
    found = list(differences(folder / "reports", work / "reports"))
    for text in found:
        say(f"DIFFERS  {text}")
    say(f"{len(found)} differences in the reports")
    if found or not is_equal:
        say(f"What was made now is kept in {work}")
        raise typer.Exit(1)
    shutil.rmtree(work)


if __name__ == "__main__":
    app()
