from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from typer.testing import CliRunner

from analysis.half_life.section import half_life_section
from data.__main__ import app as data
from data.errors import DataError
from data.half_life.deviations import read_deviations
from data.half_life.event_panel import (
    failed_checks_note,
    half_life_panel_from_frame,
    read_half_life_panel,
    write_half_life_panel,
)
from inference.__main__ import app
from inference.half_life.deviations import posterior_deviations
from inference.half_life.prepare import events_dataset, prepare_half_life
from inference.store import stamp_provenance, write_trace
from inference.traced.layout import TraceLayout
from models.half_life.specification import PROPORTIONAL_HAZARD, HalfLifeSpecification
from tests.half_life.traces import (
    event_frame,
    half_life_fit,
    random_half_life_tree,
)
from tests.inference.toy import TOY_CHECKS, TOY_SETTINGS, toy_trace

DAYS = pd.bdate_range("2020-03-02", periods=4)
MARK = "failed 1 of its checks: do not use these half-lives"


@pytest.fixture(autouse=True)
def _toy_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """The states are made up; the draws that are judged are those of the toy."""
    monkeypatch.setattr("inference.half_life.deviations.BASIS_CHECKS", TOY_CHECKS)
    command = "inference.half_life.deviations_command"
    monkeypatch.setattr(f"{command}.HOLDS", TraceLayout(always={}))


@pytest.fixture
def trace() -> xr.DataTree:
    """A good posterior with five draws of the states: all of a draw is its number."""
    tree = toy_trace().copy(deep=True)
    known = {"model": "basis-decomposition", "variant": "AR(1)"}
    known |= {"data_source": "t", "data_sha256": "0"}
    stamp_provenance(tree, TOY_SETTINGS, known, 1.0)
    coords = {"day": DAYS, "tenor": [5, 10]}
    draws = np.arange(5.0)[:, None, None] + np.zeros((5, 4, 2))
    panel = xr.Dataset({"basis_bp": (("day", "tenor"), np.full((4, 2), 30.0))}, coords)
    panel["basis_bp"][2, 0] = np.nan
    dims = ("sample", "day", "tenor")
    tree["panel"] = panel
    tree["smoothed"] = xr.Dataset(
        {"deviation_bp": (dims, draws), "level_bp": (dims, 25.0 + draws)}, coords
    )
    tree["filtered"] = xr.Dataset(
        {
            "deviation_bp": (dims[1:], np.full((4, 2), 7.0)),
            "level_bp": (dims[1:], np.full((4, 2), 20.0)),
        },
        coords,
    )
    return tree


@pytest.fixture
def failed_trace(trace: xr.DataTree) -> xr.DataTree:
    trace["posterior"]["sd"][{"chain": 2, "draw": 7}] = np.inf
    return trace


def test_draws_are_spread_over_the_posterior(trace: xr.DataTree) -> None:
    found = posterior_deviations(trace, "t", draws=3, component="autoregressive")
    np.testing.assert_array_equal(found.deviation_bp[10][:, 0], [0.0, 2.0, 4.0])
    assert list(found.deviation_bp) == [5, 7, 10]
    assert found.days.equals(DAYS.astype("datetime64[ns]"))
    assert (found.source, found.failed_checks) == ("t", 0)


def test_a_deviation_is_the_basis_less_its_level(trace: xr.DataTree) -> None:
    whole = posterior_deviations(trace, "t", component="transitory")
    filtered = whole.deviation_bp[5]
    np.testing.assert_array_equal(filtered, [[10.0, 10.0, 7.0, 10.0]])
    drawn = posterior_deviations(
        trace, "t", draws=5, component="transitory"
    ).deviation_bp[10]
    np.testing.assert_array_equal(drawn[:, 0], [5.0, 4.0, 3.0, 2.0, 1.0])


@pytest.mark.parametrize(("estimate", "expected"), [("filtered", 7), ("smoothed", 2)])
def test_one_estimate_is_filtered_or_the_mean_of_the_draws(
    trace: xr.DataTree, estimate: str, expected: float
) -> None:
    found = posterior_deviations(
        trace, "t", estimate=estimate, component="autoregressive"
    )
    np.testing.assert_array_equal(found.deviation_bp[5], np.full((1, 4), expected))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"draws": 0}, "0 draws"),
        ({"draws": 6}, "t: 6 draws, but 5 are kept"),
        ({"estimate": "predicted"}, "no estimate 'predicted'"),
        ({"component": "level"}, "no component 'level'"),
    ],
)
def test_wrong_wishes_are_refused(
    trace: xr.DataTree, options: dict[str, object], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        posterior_deviations(trace, "t", **options)  # type: ignore[arg-type]


def test_a_trace_of_another_model_is_refused(trace: xr.DataTree) -> None:
    trace.attrs["model"] = "half-life"
    with pytest.raises(DataError, match="t: no filtered deviations"):
        posterior_deviations(trace, "t")


def test_a_failed_trace_is_refused_by_name(failed_trace: xr.DataTree) -> None:
    message = "t fails 1 of its checks: draws FAILED .1 of 2000 draws of sd"
    with pytest.raises(DataError, match=message):
        posterior_deviations(failed_trace, "t")
    assert posterior_deviations(failed_trace, "t", allow_failed=True).failed_checks == 1


def export(folder: Path, *options: str) -> tuple[int, str]:
    arguments = ["export", "deviations", str(folder / "basis.nc"), *options]
    result = CliRunner().invoke(app, arguments)
    assert "Traceback" not in result.output
    return result.exit_code, result.output


def test_the_command_writes_what_build_reads(
    trace: xr.DataTree, tmp_path: Path
) -> None:
    write_trace(trace, tmp_path / "basis.nc")
    out = tmp_path / "deviations.parquet"
    status, output = export(tmp_path, "--draws", "3", "--out", str(out))
    assert status == 0
    assert "3 imputations of 4 days, tenors 5, 7, 10" in output
    found, expected = read_deviations(out), posterior_deviations(trace, "t", draws=3)
    for tenor, deviation_bp in expected.deviation_bp.items():
        np.testing.assert_array_equal(found.deviation_bp[tenor], deviation_bp)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_failed_decomposition_is_refused_or_marks_the_panel(
    failed_trace: xr.DataTree, tmp_path: Path, suffix: str
) -> None:
    write_trace(failed_trace, tmp_path / "basis.nc")
    deviations, out = tmp_path / f"deviations.{suffix}", tmp_path / f"panel.{suffix}"
    status, output = export(tmp_path, "--out", str(deviations))
    assert status == 1
    assert "basis.nc: draws FAILED (1 of 2000 draws of sd" in output
    assert "--allow-failed" in output
    assert not deviations.exists()
    status, output = export(tmp_path, "--allow-failed", "--out", str(deviations))
    assert status == 0
    assert "fails 1 of its checks" in output

    events = tmp_path / "events.csv"
    events.write_text("event_date,event_type,tenor\n2020-03-02,cpi,5\n")
    files = ["--deviations", str(deviations), "--events", str(events)]
    built = CliRunner().invoke(data, ["build", "half-life", *files, "--out", str(out)])
    assert built.exit_code == 0, built.output
    assert MARK in built.output
    assert read_half_life_panel(out).frame["failed_checks"].tolist() == [1]


def test_an_unmarked_panel_has_no_such_column(tmp_path: Path) -> None:
    panel = half_life_panel_from_frame(event_frame(), "events")
    assert "failed_checks" not in panel.frame
    assert failed_checks_note(panel.frame) == []


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_mark_reaches_the_trace_and_the_report(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"panel.{suffix}"
    write_half_life_panel(event_frame().assign(failed_checks=1), path)
    panel = read_half_life_panel(path)
    specification = HalfLifeSpecification(variant=PROPORTIONAL_HAZARD)
    notes = prepare_half_life(panel, specification).description["notes"]
    assert MARK in notes[0]
    tree = random_half_life_tree(PROPORTIONAL_HAZARD)
    tree["events"], tree.attrs["notes"] = events_dataset(panel), notes
    section = half_life_section([half_life_fit(tree)])
    warning = section.findings[0]
    assert warning.is_warning
    assert MARK in warning.sentences[0]
    assert any(MARK in block.text for block in section.blocks)
