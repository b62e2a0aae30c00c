"""Draw the figures of a report, on several cores where it pays."""

import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from analysis.page.section import ReportFigure
from analysis.page.style import write_figure
from analysis.page.table_files import write_numbers
from data.commands.helpers import HELPERS

WORTH_A_PROCESS = 15
"""Figures that a process must have to draw to gain time: it takes seconds to start."""


def _in_silence(_: str) -> None:
    """Tell nobody which figure is being drawn."""


def write_figures(
    figures: Sequence[ReportFigure],
    folder: Path,
    on_file: Callable[[str], None] = _in_silence,
    max_processes: int = 1,
) -> dict[str, list[Path]]:
    """Write every figure as PNG and PDF, and the numbers it is drawn from as CSV.

    Parameters
    ----------
    figures : sequence of ReportFigure
    folder : Path
        Created where missing.
    on_file : callable
        Called with the stem of each figure that this process draws, before it does.
    max_processes : int
        This one included. More than one only from a program whose main module can be
        imported without running it, as `multiprocessing` asks.

    Returns
    -------
    dict of str to list of Path
        Stem of each figure's files -> the CSV, where it is drawn from a frame, the PNG
        and the PDF.
    """
    processes = max(1, min(max_processes, len(figures) // WORTH_A_PROCESS))
    if processes == 1:
        return _write_in_turn(figures, folder, on_file)
    # Pickled here: the pool would do it in a thread of its own, while this one already
    # draws, and drawing fills the caches of the very datasets that are being pickled.
    shares = [pickle.dumps(figures[first::processes]) for first in range(1, processes)]
    with ProcessPoolExecutor(processes - 1, HELPERS) as helpers:
        theirs = [helpers.submit(_write_share, share, folder) for share in shares]
        written = _write_in_turn(figures[::processes], folder, on_file)
        for each in theirs:
            written |= each.result()
    return written


def _write_share(share: bytes, folder: Path) -> dict[str, list[Path]]:
    return _write_in_turn(pickle.loads(share), folder)


def _write_in_turn(
    figures: Sequence[ReportFigure],
    folder: Path,
    on_file: Callable[[str], None] = _in_silence,
) -> dict[str, list[Path]]:
    written = {}
    for figure in figures:
        on_file(figure.file_stem)
        written[figure.file_stem] = _write_one(figure, folder)
    return written


def _write_one(figure: ReportFigure, folder: Path) -> list[Path]:
    if figure.numbers is None:
        return write_figure(figure.drawn(), folder, figure.file_stem)
    frame = figure.numbers()
    path = folder / f"{figure.file_stem}.csv"
    write_numbers(frame, path)
    return [path, *write_figure(figure.drawn(frame), folder, figure.file_stem)]
