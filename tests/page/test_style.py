"""Figures of labels that anybody may have written."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.page.style import (
    PlainPowers,
    date_axis,
    new_figure,
    paper_style,
    write_figure,
)


def test_labels_are_no_mathematics(tmp_path: Path) -> None:
    with paper_style():
        figure, (axes,) = new_figure(1, 1, 2)
        axes.set_title(r"$\frac$ 6 and $x_1")
        axes.set_xticks([0.2, 0.8], [r"$\frac$", "_a_^"])
        axes.set_yscale("log")
    paths = write_figure(figure, tmp_path, "figure")
    assert all(path.stat().st_size > 1000 for path in paths)


@pytest.mark.parametrize(
    ("value", "label"), [(1e-2, "10⁻²"), (1.0, "10⁰"), (2e3, "2 × 10³")]
)
def test_powers_of_ten_need_no_mathematics(value: float, label: str) -> None:
    powers = PlainPowers(labelOnlyBase=False, minor_thresholds=(np.inf, np.inf))
    powers.create_dummy_axis()
    powers.axis.set_view_interval(1e-3, 1e4)
    assert powers(value) == label


def test_a_script_without_a_font_is_told_once_a_file(tmp_path: Path) -> None:
    with paper_style():
        figure, (axes,) = new_figure(1, 1, 2)
        # Letters that no font in the list has: of a private area.
        axes.set_title("\ue123\ue124")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        write_figure(figure, tmp_path, "figure")
    assert len(caught) == 2
    assert all("boxes stand for them" in str(each.message) for each in caught)


@pytest.mark.parametrize("num_days", [30, 300, 700, 760, 1500, 9000])
def test_dates_of_any_span_have_ticks(num_days: int, tmp_path: Path) -> None:
    days = pd.bdate_range("2014-02-03", periods=num_days)
    with paper_style():
        figure, (axes,) = new_figure(1, 1, 2)
        axes.plot(days, np.arange(num_days))
        date_axis(axes)
    figure.canvas.draw()
    # matplotlib warns where no interval suits, and warnings are errors here.
    assert 2 <= len(axes.get_xticks()) <= 8
