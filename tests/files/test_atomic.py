import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from data.errors import DataError
from data.files.atomic import OLD_SECONDS, replacing, require_place

DEAD = subprocess.run(
    [sys.executable, "-c", "import os; print(os.getpid())"],
    capture_output=True,
    check=True,
)
GONE = int(DEAD.stdout)
"""Number of a process that has ended."""


def temporary_name(path: Path) -> str:
    with replacing(path) as temporary:
        temporary.write_text("x")
        return temporary.name


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "[old] a.nc"
    name = temporary_name(path)
    left = tmp_path / name.replace(f"-{os.getpid()}-", f"-{GONE}-")
    left.write_text("half")
    with replacing(path) as temporary:
        temporary.write_text("whole")
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    assert path.read_text() == "whole"


@pytest.mark.parametrize(
    "name",
    [
        ".a-b.nc",
        ".a-imputations-1234",
        f".a-b-0-{GONE}-xyz.nc",
        ".a-00000000-1-xyz_.nc",
        f".a-0-{GONE}-xyz.csv",
    ],
    ids=["no process", "imputations", "longer stem", "other machine", "other ending"],
)
def test_files_of_others_are_left_alone(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("theirs")
    with replacing(tmp_path / "a.nc") as temporary:
        temporary.write_text("ours")
    assert (tmp_path / name).exists()


def test_one_that_still_writes_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.nc"
    with replacing(path) as slow:
        slow.write_text("slow")
        with replacing(path) as fast:
            fast.write_text("fast")
        assert path.read_text() == "fast"
        assert slow.exists()
    assert path.read_text() == "slow"


def test_what_another_machine_left_goes_after_a_day(tmp_path: Path) -> None:
    left = tmp_path / ".a-00000000-1-xyz.nc"
    left.write_text("half")
    old = time.time() - OLD_SECONDS - 60
    os.utime(left, (old, old))
    with replacing(tmp_path / "a.nc") as temporary:
        temporary.write_text("whole")
    assert not left.exists()


def test_a_place_is_tried_without_a_trace(tmp_path: Path) -> None:
    require_place(tmp_path / "new" / "folder" / "a.nc")
    assert list(tmp_path.iterdir()) == []


def test_a_place_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(DataError, match=r"notes\.txt is a file, not a folder"):
        require_place(tmp_path / "notes.txt" / "fit.nc")


def test_a_folder_is_no_file_to_write(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a folder"):
        require_place(tmp_path)


def test_a_place_without_room_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="MiB are left"):
        require_place(tmp_path / "a.nc", 10**18)


def test_a_folder_that_may_not_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        # The tests may run as root, whom no permission stops.
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)
    with pytest.raises(DataError, match=r"a\.nc cannot be written: Permission denied"):
        require_place(tmp_path / "a.nc")
