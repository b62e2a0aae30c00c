"""The report from its command: traces read and judged, status, what is refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from analysis.__main__ import app
from analysis.families import MODEL_REPORTS
from analysis.fit import Fit
from analysis.price_pressure.section import price_pressure_section
from analysis.report import load_fit, load_fits
from data.errors import DataError
from inference.store import write_trace
from tests.price_pressure.traces import random_tree


def _stored(tmp_path: Path, *, without: str = "", **attributes: object) -> Path:
    tree = random_tree("net-inventory", draws=150)
    if without:
        del tree[without]
    tree.attrs = tree.attrs | attributes
    path = tmp_path / "trace.nc"
    write_trace(tree, path)
    return path


def test_trace_is_judged_when_it_is_read(tmp_path: Path) -> None:
    fit = load_fit(_stored(tmp_path))
    assert (fit.name, fit.variant, fit.failures) == ("trace", "net-inventory", ())
    assert "price_pressure[net, 10]" in fit.diagnostics.index


def test_missing_group_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="lacks the group smoothed"):
        load_fit(_stored(tmp_path, without="smoothed"))


def test_unknown_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the model 'tea', which is not known"):
        load_fit(_stored(tmp_path, model="tea"))


def test_two_traces_of_one_name_are_refused() -> None:
    with pytest.raises(DataError, match="two traces are called a"):
        load_fits([Path("x/a.nc"), Path("y/a.nc")])


def _run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def test_missing_trace_ends_with_two_and_a_remedy(tmp_path: Path) -> None:
    code, output = _run("report", tmp_path / "no.nc", "--out", tmp_path / "r")
    assert code == 2
    assert "Remedy" in output
    assert not (tmp_path / "r").exists()


def test_wrong_use_ends_with_two(tmp_path: Path) -> None:
    assert _run("report", "--out", tmp_path)[0] == 2


def test_help_shows_an_example() -> None:
    code, output = _run("report", "--help")
    assert code == 0
    assert "python -m analysis report traces/twin.nc --out report" in output


def _without_figures(patch: pytest.MonkeyPatch) -> None:
    """Leave the drawing to the other tests."""
    report = MODEL_REPORTS["price-pressure"]

    def section(fits: list[Fit]) -> object:
        made = price_pressure_section(fits)
        return replace(made, blocks=made.blocks[:1])

    patch.setitem(MODEL_REPORTS, "price-pressure", replace(report, section=section))


def test_sound_trace_ends_with_zero(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_figures(monkeypatch)
    code, output = _run("report", _stored(tmp_path), "--out", tmp_path / "r")
    assert code == 0, output
    assert "index.html" in output


def test_divergent_trace_ends_with_one_but_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_figures(monkeypatch)
    tree = random_tree("net-inventory", draws=150)
    diverging = np.zeros((4, 150), bool)
    diverging[0, 3] = True
    statistics = tree["sample_stats"].to_dataset()
    statistics["diverging"] = (("chain", "draw"), diverging)
    tree["sample_stats"] = statistics
    path = tmp_path / "bad.nc"
    write_trace(tree, path)
    code, output = _run("report", path, "--out", tmp_path / "r")
    assert code == 1
    assert "FAILED bad: 1 divergent" in output
    text = (tmp_path / "r" / "index.html").read_text()
    assert "DIAGNOSTICS FAILED" in text
