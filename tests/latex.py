"""Compile written tables with a real LaTeX, where one is installed."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

PREAMBLE = r"""\documentclass{article}
\usepackage{booktabs}
\usepackage{graphicx}
\begin{document}
"""


def compile_tables(tables: Iterable[Path], folder: Path) -> str:
    """Typeset all tables in one document; skips where there is no pdflatex.

    Returns the log, of a run that ended well and drew what it was told to.
    """
    program = shutil.which("pdflatex")
    if program is None:
        pytest.skip("no pdflatex is installed: apt install texlive-latex-recommended")
    # A page each: LaTeX keeps few tables that wait for one.
    inputs = [rf"\input{{{path.resolve().as_posix()}}}\clearpage" for path in tables]
    assert inputs, "there is no table"
    document = folder / "tables.tex"
    document.write_text(
        "\n".join([PREAMBLE, *inputs, r"\end{document}", ""]), encoding="utf-8"
    )
    options = ("-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape")
    ended = subprocess.run(  # noqa: S603
        [program, *options, document.name],
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=120,
    )
    log = ended.stdout.decode("utf-8", errors="replace")
    assert ended.returncode == 0, log[-2000:]
    assert "Missing character" not in log, log
    return log
