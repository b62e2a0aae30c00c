"""Measure the cleaning of simulated messages, one fresh process a measurement."""

import resource
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.isolation import in_fresh_process
from benchmarks.results import Keep
from benchmarks.targets import Results, Target
from benchmarks.transactions.listing import run_listing
from data.transactions.bucket import Limits
from data.transactions.clean import Work, clean_transactions
from data.transactions.dialects import DIALECTS
from data.transactions.presets import PRESETS
from models.transactions.simulation import Scenario
from models.transactions.twin import write_twin

OURS, LISTING = "ours, workbench", "source listing, pandas"

POLARS, TIDYFINANCE = "polars", "tidyfinance"
PEERS = {
    POLARS: "same rules, Polars in memory",
    TIDYFINANCE: "tidyfinance's own program",
}
"""As ``--peer`` names them -> subject of the results."""

MESSAGES_A_TRADE = 1.6

TRADES_A_PART = 300_000
"""True trades that are simulated at a time, for the simulation's memory."""

LIMIT_S = 6 * 3600.0

FULL_SIZE = 100_000_000

CPU_LIMIT_S = 2 * 15 * 60.0
"""Processor time for `FULL_SIZE` messages: 15 minutes on each of two cores."""

MEMORY_LIMIT_GB = 4.0

LINEAR = 1.25
"""Largest growth of the time for one message from the smallest to the largest size:
fixed costs fall with size, and CUSIPs grow heavier."""

Measured = dict[str, float]


def benchmark_transactions(
    sizes: list[int],
    page: Path | None,
    peers: Sequence[str],
    peer_size: int,
    console: Console,
    keep: Keep,
) -> Results:
    """Measure sizes in turn.

    Parameters
    ----------
    sizes : list of int
        Messages, about.
    page : Path, optional
        Page that prints the source listing; it is left out without.
    peers : sequence of str
        Of `PEERS`.
    peer_size : int
        Largest size at which listing and peers run, since they hold all in memory.
    console : Console
        Shows progress.
    keep : callable
        See `benchmarks.results.Keep`.

    Returns
    -------
    dict
        By subject and quantity: ``messages``, ``cpu_s``, ``wall_s``, ``peak_gb``,
        ``input_gb`` and, for ours, ``unfinished_gb``, the largest size of its folder.
    """
    results: Results = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            console.print(f"simulating {size:,} messages")
            _simulate(size, folder / "twin")
            subjects = [(OURS, _ours, (folder / "twin" / "messages", folder / "out"))]
            if size <= peer_size:
                messages = folder / "twin" / "messages"
                if page is not None:
                    subjects.append((LISTING, _listing, (page, messages)))
                subjects += [(PEERS[peer], _peer, (peer, messages)) for peer in peers]
            for subject, task, arguments in subjects:
                measured = in_fresh_process(task, folder / "cache", LIMIT_S, *arguments)
                console.print(f"{subject}, {size:,}: {measured}")
                for quantity, value in measured.items():
                    results[f"{subject}, {size}", quantity] = value
                keep(results)
            shutil.rmtree(folder / "out", ignore_errors=True)
    return results


def transactions_targets(results: Results, sizes: list[int]) -> list[Target]:
    """Compare with what was set out for 10^8 messages; growth wants two sizes."""
    done = [size for size in sizes if (f"{OURS}, {size}", "cpu_s") in results]
    smallest, largest = f"{OURS}, {min(done)}", f"{OURS}, {max(done)}"
    cost = {
        subject: results[subject, "cpu_s"] / results[subject, "messages"]
        for subject in (smallest, largest)
    }
    full = cost[largest] * FULL_SIZE
    memory = results[largest, "peak_gb"]
    targets = [
        Target(
            f"processor seconds for 10^8 messages, from {max(done):,}",
            CPU_LIMIT_S,
            full,
            full <= CPU_LIMIT_S,
        ),
        Target("peak memory, GB", MEMORY_LIMIT_GB, memory, memory <= MEMORY_LIMIT_GB),
    ]
    if smallest == largest:
        return targets
    growth = cost[largest] / cost[smallest]
    aim = "time for one message, largest size over smallest"
    return [*targets, Target(aim, LINEAR, growth, growth <= LINEAR)]


def _simulate(messages: int, folder: Path) -> None:
    trades = int(messages / MESSAGES_A_TRADE)
    parts = max(1, round(trades / TRADES_A_PART))
    scenario = Scenario(
        trades=trades,
        securities=max(60, trades // 300),
        buckets=parts,
        first="2009-01-02",
        last="2018-12-31",
    )
    write_twin(scenario, folder, "wrds", "parquet", "tidy")


def _ours(messages: Path, out: Path) -> Measured:
    started = time.perf_counter(), time.process_time()
    held: list[float] = []
    report = clean_transactions(
        [messages],
        DIALECTS["wrds"],
        PRESETS["workbench"],
        out,
        work=Work(limits=Limits()),
        progress=lambda stage, done, of, _: (
            held.append(_gigabytes(out)) if done == of else None
        ),
    )
    return {
        "messages": report["rows"]["input"],
        "kept": report["rows"]["kept"],
        **_spent(*started),
        "input_gb": _gigabytes(messages),
        "unfinished_gb": max(held),
        "results_gb": _gigabytes(out),
    }


def _listing(page: Path, messages: Path) -> Measured:
    started = time.perf_counter(), time.process_time()
    kept = run_listing(page, messages)
    return {"kept": kept, **_spent(*started)}


def _peer(peer: str, messages: Path) -> Measured:
    # Optional packages, whose import is no part of the measurement.
    if peer == POLARS:
        from benchmarks.transactions.polars_form import run_polars_form as run
    else:
        from benchmarks.transactions.tidyfinance import run_tidyfinance as run
    started = time.perf_counter(), time.process_time()
    kept = run(messages)
    return {"kept": kept, **_spent(*started)}


def _spent(wall: float, cpu: float) -> Measured:
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "cpu_s": time.process_time() - cpu,
        "wall_s": time.perf_counter() - wall,
        "peak_gb": peak_kb / 2**20,
    }


def _gigabytes(folder: Path) -> float:
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 2**30
