"""Tables of a command that is stopped never take the place of whole ones."""

from pathlib import Path

import pandas as pd
import pytest

from data.commands.ending import Interrupted
from data.errors import DataError
from data.files.unfinished import beside, unfinished
from studies.console import read_earlier, require_csv, write

WHOLE = pd.DataFrame({"seed": range(5), "found": 1.0})


def tables(folder: Path) -> dict[str, int]:
    return {path.name: len(pd.read_csv(path)) for path in folder.iterdir()}


def run(out: Path, stopped_after: int) -> None:
    with unfinished(out, "summary") as so_far:
        for number in range(1, len(WHOLE) + 1):
            write(WHOLE.head(number), so_far)
            write(WHOLE.head(1), beside(so_far, "summary"))
            if number == stopped_after:
                raise Interrupted


def test_a_study_that_is_stopped_leaves_the_table_that_stood(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "recovery.csv"
    run(out, stopped_after=0)
    whole = {"recovery.csv": 5, "recovery_summary.csv": 1}
    assert tables(out.parent) == whole
    with pytest.raises(Interrupted):
        run(out, stopped_after=2)
    so_far = {"recovery_unfinished.csv": 2, "recovery_unfinished_summary.csv": 1}
    assert tables(out.parent) == whole | so_far
    assert "recovery_unfinished.csv" in capsys.readouterr().err
    run(out, stopped_after=0)
    assert tables(out.parent) == whole


def test_a_table_without_a_place_is_refused_before_the_study(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("a file")
    with pytest.raises(DataError, match="is a file, not a folder"):
        require_csv(tmp_path / "notes.txt" / "recovery.csv")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("seed,found\n1,2\n", "no column variant"),
        ("", "No columns to parse"),
        ('seed,variant\n1,"2\n', "EOF inside string"),
        (b"\xff\xfe\x00,\x81", "utf-8"),
    ],
)
def test_a_study_goes_on_from_no_other_table(
    content: str | bytes, problem: str, tmp_path: Path
) -> None:
    out = tmp_path / "recovery.csv"
    out.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError, match=problem) as caught:
        read_earlier(out, ("seed", "variant"))
    assert str(out) in caught.value.problem
