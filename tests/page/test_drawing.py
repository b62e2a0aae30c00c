"""Figures drawn by one process or by two."""

import pickle
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from matplotlib.figure import Figure

import analysis.page.drawing as drawing
from analysis.fit import Fit
from analysis.page.drawing import write_figures
from analysis.page.exhibit import items_of, of_subject
from analysis.page.section import ReportFigure
from analysis.price_pressure.data import EXPOSURES, INVENTORIES
from analysis.report import sections_of
from tests.half_life import basis_traces
from tests.half_life import traces as half_life_traces
from tests.liquidity_regimes import traces as liquidity_regimes_traces
from tests.price_pressure.traces import random_fit

VARIANT = "cash-inventory"


def _figures() -> list[ReportFigure]:
    items = items_of(of_subject([INVENTORIES, EXPOSURES], random_fit(VARIANT)))
    return [item for item in items if isinstance(item, ReportFigure)]


@pytest.mark.slow
def test_two_processes_write_what_one_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    alone = write_figures(_figures(), tmp_path / "alone", told.append)
    assert told == list(alone)
    monkeypatch.setattr(drawing, "WORTH_A_PROCESS", 1)
    told.clear()
    together = write_figures(_figures(), tmp_path / "together", told.append, 2)
    assert told == ["figure_inventories"]
    assert together.keys() == alone.keys()
    for stem, paths in alone.items():
        for one, other in zip(paths, together[stem], strict=True):
            assert one.read_bytes() == other.read_bytes()


class _PickledBy:
    """Draws nothing; tells which threads pickled it."""

    def __init__(self) -> None:
        self.threads: list[threading.Thread] = []

    def __call__(self) -> Figure:
        return Figure()

    def __reduce__(self) -> tuple[type["_PickledBy"], tuple[()]]:
        self.threads.append(threading.current_thread())
        return _PickledBy, ()


@pytest.mark.slow
def test_figures_are_pickled_before_any_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another thread would read datasets while drawing changes them."""
    monkeypatch.setattr(drawing, "WORTH_A_PROCESS", 1)
    draw = _PickledBy()
    figures = [ReportFigure(stem=stem, caption=stem, draw=draw) for stem in ("a", "b")]
    write_figures(figures, tmp_path, max_processes=2)
    assert draw.threads == [threading.main_thread()]


@pytest.mark.parametrize(
    "make_fit",
    [
        partial(random_fit, "cash-futures-order-flow"),
        liquidity_regimes_traces.random_fit,
        partial(half_life_traces.random_half_life_fit, "proportional-hazard"),
        basis_traces.random_basis_fit,
    ],
    ids=["price-pressure", "liquidity-regimes", "half-life", "basis-decomposition"],
)
def test_every_figure_can_be_handed_to_another_process(
    make_fit: Callable[[], Fit],
) -> None:
    for section in sections_of([make_fit()]):
        for block in section.blocks:
            for item in block.items:
                if isinstance(item, ReportFigure):
                    assert pickle.dumps(item)
