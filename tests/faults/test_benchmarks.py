"""What a benchmark has measured when a peer fails is not lost."""

from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from benchmarks.results import Keep, measure_and_write
from benchmarks.targets import Results, Target

MEASURED: Results = {("ours", "gradient_us"): 37.5}


def _aims(results: Results) -> list[Target]:
    reached = results["ours", "gradient_us"]
    return [Target("gradient", 40.0, reached, reached < 40.0)]


def test_measurements_of_a_stopped_benchmark_stay_beside_its_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "results.csv"
    out.write_text("an earlier table")

    def measure(_: Console, keep: Keep) -> Results:
        keep(MEASURED)
        raise RuntimeError("a peer failed")

    with pytest.raises(RuntimeError, match="a peer failed"):
        measure_and_write(measure, _aims, out)
    assert out.read_text() == "an earlier table"
    left = tmp_path / "results_unfinished.csv"
    assert str(left) in capsys.readouterr().err
    rows = pd.read_csv(left).query("section == 'measurement'")
    assert rows["value"].astype(float).tolist() == [37.5]


def test_a_finished_benchmark_leaves_measurements_and_targets(tmp_path: Path) -> None:
    out = tmp_path / "results.csv"

    def measure(_: Console, keep: Keep) -> Results:
        keep(MEASURED)
        return MEASURED

    measure_and_write(measure, _aims, out)
    sections = pd.read_csv(out)["section"].value_counts()
    assert (sections["measurement"], sections["target"]) == (1, 3)
    assert list(tmp_path.iterdir()) == [out]
