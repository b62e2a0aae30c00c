"""Draw the figures of a report, on two cores where there are two."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from analysis.section import ReportFigure
from analysis.style import write_figure

WORTH_A_PROCESS = 30
"""Figures from which on a second process gains time: it takes seconds to start."""


def _in_silence(_: str) -> None:
    """Tell nobody which figure is being drawn."""


def write_figures(
    figures: Sequence[ReportFigure],
    folder: Path,
    on_file: Callable[[str], None] = _in_silence,
) -> dict[str, list[Path]]:
    """Write every figure as PNG and PDF.

    Parameters
    ----------
    figures : sequence of ReportFigure
    folder : Path
        Created where missing.
    on_file : callable
        Called with the stem of each figure that this process draws, before it does.

    Returns
    -------
    dict of str to list of Path
        Stem of each figure's files -> the PNG and the PDF.
    """
    if len(figures) < WORTH_A_PROCESS or (os.process_cpu_count() or 1) < 2:
        return _write_in_turn(figures, folder, on_file)
    # Spawned: a fork would take over locks that other threads of this process hold.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as helper:
        theirs = helper.submit(_write_in_turn, figures[1::2], folder)
        ours = _write_in_turn(figures[::2], folder, on_file)
        return ours | theirs.result()


def _write_in_turn(
    figures: Sequence[ReportFigure],
    folder: Path,
    on_file: Callable[[str], None] = _in_silence,
) -> dict[str, list[Path]]:
    written = {}
    for figure in figures:
        on_file(figure.file_stem)
        written[figure.file_stem] = write_figure(
            figure.drawn(), folder, figure.file_stem
        )
    return written
