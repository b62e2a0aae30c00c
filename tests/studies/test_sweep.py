"""Replications that are stopped, resumed, spread over processes and lost."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from data.commands.workers import WorkerLostError
from data.errors import DataError
from studies.study import RECOVERY, add_groups
from studies.sweep import Plan, seeds, shown, sweep, swept_study


def replication(
    variant: str, seed: int, scale: float = 1.0, log: Path | None = None
) -> pd.DataFrame:
    """Two rows, one without an element; leaves a mark of having been run."""
    if log is not None:
        (log / f"{variant}-{seed}").touch(exist_ok=False)
    drawn = np.random.default_rng(seed).normal(scale=scale, size=2)
    return pd.DataFrame(
        {"variant": variant, "seed": seed, "element": ["", "2"], "mean": drawn}
    )


def killed(variant: str, seed: int, log: Path) -> pd.DataFrame:
    """Lose the process the first time that the third seed is asked for."""
    mark = log / f"killed-{seed}"
    if seed == 3 and not mark.exists():
        mark.touch()
        os._exit(9)
    return replication(variant, seed)


def plan(number: int, log: Path | None = None, scale: float = 1.0) -> Plan:
    return Plan(
        replication,
        [("a", seed) for (seed,) in seeds(number)],
        {"scale": scale} | ({"log": log} if log else {}),
        ("variant", "seed"),
    )


def test_what_is_done_is_not_run_again(tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    first = sweep(plan(2, tmp_path), out)
    both = sweep(plan(4, tmp_path), out)
    assert both["seed"].tolist() == [1, 1, 2, 2, 3, 3, 4, 4]
    pd.testing.assert_frame_equal(both.iloc[:4], first)
    # Fewer than the table holds are read from it, and stay there.
    assert sweep(plan(1, tmp_path), out)["seed"].unique().tolist() == [1]
    assert len(pd.read_csv(out)) == 8


def test_a_table_is_the_same_whether_it_was_stopped_or_not(tmp_path: Path) -> None:
    through, stopped = tmp_path / "through.csv", tmp_path / "stopped.csv"
    sweep(plan(3), stopped)
    rows = [sweep(plan(5), path) for path in (through, stopped)]
    pd.testing.assert_frame_equal(*rows)
    assert through.read_bytes() == stopped.read_bytes()
    assert rows[0]["element"].tolist()[:2] == ["", "2"]


def test_what_was_done_before_a_fault_stays(tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    (tmp_path / "a-3").touch()
    with pytest.raises(FileExistsError):
        sweep(plan(4, tmp_path), out)
    assert pd.read_csv(out)["seed"].tolist() == [1, 1, 2, 2]


def test_rows_of_other_settings_are_refused(tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    sweep(plan(2), out)
    before = out.read_bytes()
    with pytest.raises(DataError, match=r"other settings[\s\S]*--force"):
        sweep(plan(2, scale=2.0), out)
    assert out.read_bytes() == before
    out.write_text("variant,seed,mean\na,1,2\n")
    with pytest.raises(DataError, match="other settings"):
        sweep(plan(2), out)


def test_another_function_or_panel_is_another_setting() -> None:
    panel, other = SimpleNamespace(sha256="1"), SimpleNamespace(sha256="2")
    plans = [
        Plan(function, [], {"panel": one})
        for function in (replication, killed)
        for one in (panel, other)
    ]
    assert len({one.digest for one in plans}) == 4
    assert plans[0].digest == Plan(replication, [(1,)], {"panel": panel}).digest


def test_processes_give_the_rows_of_one(tmp_path: Path) -> None:
    alone, spread = tmp_path / "alone.csv", tmp_path / "spread.csv"
    sweep(plan(4), alone)
    sweep(plan(4), spread, workers=2)
    assert alone.read_bytes() == spread.read_bytes()


def test_a_killed_worker_loses_nothing(tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    every = Plan(killed, plan(4).keys, {"log": tmp_path}, ("variant", "seed"))
    with pytest.raises(WorkerLostError, match="it continues where it stopped"):
        sweep(every, out, workers=2)
    assert sweep(every, out, workers=2)["seed"].unique().tolist() == [1, 2, 3, 4]


@pytest.fixture
def cluster() -> Iterator[str]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as two:
        yield two.scheduler_address


def test_on_a_cluster_a_lost_replication_is_run_elsewhere(
    tmp_path: Path, cluster: str
) -> None:
    every = Plan(killed, plan(4).keys, {"log": tmp_path}, ("variant", "seed"))
    rows = sweep(every, tmp_path / "rows.csv", scheduler=cluster)
    assert (tmp_path / "killed-3").exists()
    assert rows["seed"].unique().tolist() == [1, 2, 3, 4]


def study(log: Path | None, scale: float = 1.0) -> typer.Typer:
    def few(*, replications: int = 2) -> Plan:
        """Say something of a few."""
        return plan(replications, log, scale)

    app = typer.Typer()
    declared = swept_study(
        RECOVERY,
        "toy",
        few,
        lambda rows: rows.groupby("variant")[["mean"]].mean().reset_index(),
        shown("Means"),
        "Example",
        ("rows", None),
    )
    add_groups(app, [declared])
    return app


def run(app: typer.Typer, out: Path, *more: str) -> Result:
    command = ["recovery", "toy", "--replications", "4", "--out", str(out)]
    return CliRunner().invoke(app, [*command, *more])


def test_the_command_writes_rows_and_summary(tmp_path: Path) -> None:
    out = tmp_path / "toy.csv"
    done = run(study(None), out)
    assert done.exit_code == 0, done.output
    rows = pd.read_csv(tmp_path / "toy_rows.csv")
    assert len(rows) == 8
    assert pd.read_csv(out)["mean"].item() == pytest.approx(rows["mean"].mean(), 1e-3)
    assert "Means" in done.output


def test_one_begun_anew_and_stopped_leaves_the_table_that_stood(tmp_path: Path) -> None:
    out, rows = tmp_path / "toy.csv", tmp_path / "toy_rows.csv"
    run(study(None), out)
    before = rows.read_bytes()
    (tmp_path / "a-3").touch()
    stopped = study(tmp_path, scale=2.0)
    assert "other settings" in run(stopped, out).stderr
    assert "File exists" in run(stopped, out, "--force").stderr
    assert rows.read_bytes() == before
    so_far = tmp_path / "toy_rows_unfinished.csv"
    assert pd.read_csv(so_far)["seed"].tolist() == [1, 1, 2, 2]
    (tmp_path / "a-3").unlink()
    assert run(stopped, out, "--force").exit_code == 0
    assert pd.read_csv(rows)["seed"].unique().tolist() == [1, 2, 3, 4]
    assert not so_far.exists()
