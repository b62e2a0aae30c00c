"""Write and show what was measured."""

import os
import platform
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from benchmarks.targets import Results, Target
from data.files.atomic import replacing, require_place
from data.files.unfinished import unfinished

Keep = Callable[[Results], None]
"""Called with all results so far after every measurement."""

PACKAGES = (
    "duckdb",
    "pymc",
    "pytensor",
    "nutpie",
    "numba",
    "jax",
    "pymc-extras",
    "statsmodels",
    "polars",
    "tidyfinance",
    "bambi",
    "QuantLib",
    "nelson-siegel-svensson",
    "numpy",
)


def measure_and_write(
    measure: Callable[[Console, Keep], Results],
    aims: Callable[[Results], list[Target]],
    out: Path,
) -> None:
    """Run a benchmark; what it has measured when it is stopped stays beside its table.

    Parameters
    ----------
    measure : callable
        (console, keep) -> results.
    aims : callable
        Results -> targets.
    out : Path
        Table of `write_results`.
    """
    require_place(out)
    console = Console()
    with unfinished(out) as so_far:
        results = measure(console, lambda found: write_results(found, [], so_far))
        targets = aims(results)
        write_results(results, targets, so_far)
    show_results(results, targets, console)


def machine_facts() -> dict[str, str]:
    """Cores, architecture and versions: what the timings depend on besides the code."""
    facts = {
        "cores": str(os.cpu_count()),
        "architecture": platform.machine(),
        "python": platform.python_version(),
    }
    for package in PACKAGES:
        try:
            facts[package] = version(package)
        except PackageNotFoundError:
            facts[package] = "not installed"
    return facts


def write_results(results: Results, targets: list[Target], path: Path) -> None:
    """Write one long table: measurements, targets, then the machine.

    Parameters
    ----------
    results : dict
        (implementation, quantity) -> value.
    targets : list of Target
        The aims.
    path : Path
        CSV file; columns section, subject, quantity, value.
    """
    rows = [
        ("measurement", subject, quantity, f"{value:.6g}")
        for (subject, quantity), value in results.items()
    ]
    for target in targets:
        rows.append(("target", target.aim, "wanted", f"{target.wanted:.4g}"))
        rows.append(("target", target.aim, "reached", f"{target.reached:.4g}"))
        rows.append(("target", target.aim, "is_met", str(target.is_met)))
    rows += [("machine", "", fact, value) for fact, value in machine_facts().items()]
    frame = pd.DataFrame(rows, columns=["section", "subject", "quantity", "value"])
    with replacing(path) as temporary:
        frame.to_csv(temporary, index=False)


def show_results(results: Results, targets: list[Target], console: Console) -> None:
    """Print measurements and targets as two tables."""
    measured = Table("implementation", "quantity", "value", title="Measured")
    for (subject, quantity), value in results.items():
        measured.add_row(subject, quantity, f"{value:,.4g}")
    console.print(measured)
    aims = Table("target", "wanted", "reached", "met", title="Targets")
    for target in targets:
        met = "yes" if target.is_met else "no"
        aims.add_row(target.aim, f"{target.wanted:,.3g}", f"{target.reached:,.3g}", met)
    console.print(aims)
