from dataclasses import replace
from pathlib import Path

import pytest
import xarray as xr
from typer.testing import CliRunner

import inference.__main__ as command_line
from data.price_pressure.panel import write_panel
from inference.checks.verdict import check
from inference.commands import console
from inference.families import MODELS
from inference.settings import SamplerSettings
from inference.store import read_trace, stamp_provenance, write_trace
from inference.traced.layout import TraceLayout
from inference.traced.prepared import PreparedModel
from inference.traced.reading import OF_DRAWS
from models.price_pressure.simulation import simulate_price_pressure
from tests.inference.toy import TOY_CHECKS, TOY_SETTINGS, toy_trace

VARIANT = "cash-inventory"


PRICE_PRESSURE = MODELS["price-pressure"]


def prepare_toy(*arguments: object, **chosen: object) -> PreparedModel:
    return replace(PRICE_PRESSURE.prepare(*arguments, **chosen), checks=TOY_CHECKS)


# Options and panel of price pressure, checks of the small model.
TOY = replace(
    PRICE_PRESSURE,
    name="toy",
    checks=TOY_CHECKS,
    prepare=prepare_toy,
    prepare_again=None,
    holds=TraceLayout(always={group: {} for group in OF_DRAWS}),
)
APP = command_line.application({**MODELS, TOY.name: TOY})


def run(*arguments: object) -> tuple[int, str]:
    # Wide, so that no message is broken by a line end.
    result = CliRunner(env={"COLUMNS": "400"}).invoke(
        APP, [str(argument) for argument in arguments]
    )
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.fixture
def good_trace() -> xr.DataTree:
    trace = toy_trace().copy(deep=True)
    described = ("variant", "data_source", "data_sha256")
    description = {"model": "toy", **dict.fromkeys(described, "toy")}
    stamp_provenance(trace, TOY_SETTINGS, description, 1.0)
    return trace


@pytest.fixture
def bad_trace(good_trace: xr.DataTree) -> xr.DataTree:
    trace = good_trace.copy(deep=True)
    trace["posterior"]["mean"].loc[{"chain": 0}] += 1.0
    return trace


@pytest.fixture
def panel_path(tmp_path: Path) -> Path:
    path = tmp_path / "panel.csv"
    write_panel(simulate_price_pressure(VARIANT, seed=1, num_weeks=120), path)
    return path


def fit_arguments(
    panel: Path, out: Path, *more: object, model: str = PRICE_PRESSURE.name
) -> list[object]:
    required = ["--panel", panel, "--variant", VARIANT, "--out", out]
    return ["fit", model, *required, *more]


def test_a_converged_trace_passes_with_status_0(
    good_trace: xr.DataTree, tmp_path: Path
) -> None:
    write_trace(good_trace, tmp_path / "good.nc")
    status, output = run("check", tmp_path / "good.nc")
    assert status == 0
    assert "every check passed" in output


def test_check_names_what_the_data_did_not_inform(
    good_trace: xr.DataTree, tmp_path: Path
) -> None:
    write_trace(good_trace, tmp_path / "good.nc")
    _, output = run("check", tmp_path / "good.nc")
    assert "Not informed by the data: unrelated[cash], unrelated[futures]" in output


def test_one_bad_trace_among_good_ones_ends_with_status_1(
    good_trace: xr.DataTree, bad_trace: xr.DataTree, tmp_path: Path
) -> None:
    write_trace(good_trace, tmp_path / "good.nc")
    write_trace(bad_trace, tmp_path / "bad.nc")
    status, output = run("check", tmp_path / "bad.nc", tmp_path / "good.nc")
    assert status == 1
    assert "bad.nc: R-hat of mean" in output
    assert "good.nc: every check passed" in output


def test_a_damaged_trace_ends_with_status_2(
    good_trace: xr.DataTree, tmp_path: Path
) -> None:
    path = tmp_path / "cut.nc"
    write_trace(good_trace, path)
    path.write_bytes(path.read_bytes()[:5000])
    status, output = run("check", path)
    assert status == 2
    assert "cut.nc is damaged" in output


def test_a_score_of_a_trace_that_fails_is_kept_and_ends_with_status_1(
    bad_trace: xr.DataTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attrs = {"elpd_sum": -3.0, "num_fits": 1}
    made_up = xr.Dataset({"elpd": ("week", [-3.0])}, attrs=attrs)
    monkeypatch.setattr(command_line, "score_trace", lambda *_, **__: made_up)
    write_trace(bad_trace, tmp_path / "bad.nc")
    status, output = run("score", tmp_path / "bad.nc")
    assert status == 1
    assert "bad.nc: log score -3.0" in output
    assert "bad.nc: R-hat of mean" in output
    assert "leave_future_out" in read_trace(tmp_path / "bad.nc").children


def test_scoring_an_unknown_model_ends_with_status_2(
    good_trace: xr.DataTree, tmp_path: Path
) -> None:
    write_trace(good_trace, tmp_path / "toy.nc")
    status, output = run("score", tmp_path / "toy.nc")
    assert status == 2
    assert "'toy'" in output


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--draws", 1), "draws is 1"),
        (("--sampler", "gibbs"), "'gibbs' is not one of 'nutpie', 'pymc', 'numpyro'"),
        (("--decay", "-1"), "--decay is '-1'"),
        (("--decay", "slow"), "--decay is 'slow'"),
    ],
    ids=["draws", "sampler", "negative decay", "wordy decay"],
)
def test_a_bad_option_ends_with_status_2_before_sampling(
    panel_path: Path, tmp_path: Path, more: tuple[object, ...], message: str
) -> None:
    status, output = run(*fit_arguments(panel_path, tmp_path / "a.nc", *more))
    assert status == 2
    assert message in output
    assert not (tmp_path / "a.nc").exists()


def test_a_bad_variant_ends_with_status_2(panel_path: Path, tmp_path: Path) -> None:
    arguments = fit_arguments(panel_path, tmp_path / "a.nc", "--variant", "gross")
    status, output = run(*arguments)
    assert status == 2
    assert "no variant 'gross'" in output


def test_an_output_that_is_no_trace_ends_with_status_2_before_sampling(
    panel_path: Path, tmp_path: Path
) -> None:
    status, output = run(*fit_arguments(panel_path, tmp_path / "a.csv"))
    assert status == 2
    assert "does not end in .nc" in output


def test_a_fit_that_fails_its_check_is_written_and_ends_with_status_1(
    bad_trace: xr.DataTree,
    panel_path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(console, "fit_prepared", lambda *_, **__: bad_trace)
    out = tmp_path / "traces" / "bad.nc"
    status, output = run(*fit_arguments(panel_path, out, model=TOY.name))
    assert status == 1
    assert "FAILED" in output
    assert not check(read_trace(out), TOY_CHECKS).verdict.passed


def test_options_reach_the_settings_and_the_priors(
    good_trace: xr.DataTree,
    panel_path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = []

    def record(*arguments: object, **_: object) -> xr.DataTree:
        calls.append(arguments)
        return good_trace

    monkeypatch.setattr(console, "fit_prepared", record)
    options = ("--draws", 50, "--tune", 60, "--chains", 3, "--seed", 9)
    more = ("--sampler", "pymc", "--target-accept", 0.95, "--decay", "sampled")
    run(*fit_arguments(panel_path, tmp_path / "a.nc", *options, *more, model=TOY.name))
    ((prepared, settings),) = calls
    assert settings == SamplerSettings(
        seed=9, draws=50, tune=60, chains=3, sampler="pymc", target_accept=0.95
    )
    assert "decay_per_month" in [v.name for v in prepared.model.free_RVs]


@pytest.mark.slow
def test_a_panel_becomes_a_checked_and_scored_trace(
    panel_path: Path, tmp_path: Path
) -> None:
    out = tmp_path / "traces" / "fit.nc"
    options = ("--draws", 400, "--tune", 400, "--chains", 2)
    status, _ = run(*fit_arguments(panel_path, out, *options))
    trace = read_trace(out)
    assert status == (1 if trace.attrs["diagnostics"] == "failed" else 0)
    assert bool(trace.attrs["diagnostic_failures"]) == bool(status)
    assert {"smoothed", "one_step_ahead", "posterior_mode", "panel"} <= set(
        trace.children
    )
    assert trace.attrs["variant"] == VARIANT
    assert trace["log_likelihood"]["yield_bp"].dims == ("chain", "draw", "week")
    assert trace["posterior_predictive"]["yield_bp"].sizes["tenor"] == 4

    week = trace["panel"]["week"].dt.strftime("%Y-%m-%d").to_numpy()[-15]
    assert run("score", out, "--first-date", week)[0] == status
    scored = read_trace(out)["leave_future_out"]
    assert scored.sizes["week"] == 15
    assert scored["pit"].dims == ("week", "tenor")
    # Fifteen weeks are few of all, so parameters are nearly those of the whole sample.
    in_sample = trace["one_step_ahead"]["pit"][-15:]
    assert float(abs(scored["pit"] - in_sample).max()) < 0.2
    # Each week's four yields have a density near that of the fit to all weeks: within
    # 5 nats a week, where a wrong mask or a wrong week costs hundreds.
    fitted = trace["log_likelihood"]["yield_bp"].mean(("chain", "draw"))[-15:]
    assert float(abs(scored["elpd"] - fitted).max()) < 5
