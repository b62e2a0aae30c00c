"""Progress in a file: few lines, and none where nothing is to be shown."""

import pytest

from inference.sampling.progress import LINES_IN_A_FILE, progress, working


def test_a_file_gets_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("dates", 100, shown=True) as advance:
        for _ in range(50):
            advance()
        advance(50)
    lines = capsys.readouterr().err.splitlines()
    told = [line for line in lines if " of 100" in line]
    assert 2 <= len(told) <= LINES_IN_A_FILE
    assert told[-1] == "dates: 100 of 100"


def test_work_without_steps_is_named_once(capsys: pytest.CaptureFixture[str]) -> None:
    with working("compiling", shown=True):
        pass
    assert capsys.readouterr().err.splitlines()[0] == "compiling ..."
    with working("compiling", shown=False), progress("dates", 3, shown=False) as done:
        done()
    assert "compiling" not in capsys.readouterr().err
