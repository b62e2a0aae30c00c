"""Damaged, hostile and older traces: status 0, 1 or 2, and never a traceback."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import typer
import xarray as xr
from typer.testing import CliRunner

from analysis.__main__ import application as analysis_application
from analysis.families import MODEL_REPORTS
from inference.__main__ import application
from inference.families import MODELS
from inference.store import write_trace
from tests.half_life.basis_traces import random_basis_tree

INFERENCE = application(MODELS)

Damage = Callable[[xr.DataTree], object]


@cache
def _whole() -> xr.DataTree:
    return random_basis_tree(draws=150)


def whole() -> xr.DataTree:
    return _whole().copy(deep=True)


def run(app: typer.Typer, *arguments: object) -> tuple[int, str]:
    result = CliRunner(env={"COLUMNS": "400"}).invoke(app, list(map(str, arguments)))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def without(attribute: str) -> Damage:
    return lambda tree: tree.attrs.pop(attribute)


def with_attribute(name: str, value: object) -> Damage:
    return lambda tree: tree.attrs.update({name: value})


def without_group(name: str) -> Damage:
    return lambda tree: tree.__delitem__(name)


def drop_draws(tree: xr.DataTree) -> None:
    for name in ("posterior", "sample_stats", "log_likelihood", "log_prior"):
        tree[name] = tree[name].dataset.isel(draw=slice(0, 1))


def as_text(tree: xr.DataTree) -> None:
    posterior = tree["posterior"].to_dataset()
    tree["posterior"] = posterior.assign(
        noise_sd_bp=posterior["noise_sd_bp"].astype(str)
    )


ATTRIBUTES = (
    "variant",
    "settings",
    "seed",
    "versions",
    "data_source",
    "data_sha256",
    "created",
    "wall_time_s",
)

REFUSED: dict[str, Damage] = {
    **{f"without {name}": without(name) for name in (*ATTRIBUTES, "model")},
    **{
        f"number as {name}": with_attribute(name, 3.5) for name in ("settings", "model")
    },
    **{f"text as {name}": with_attribute(name, "x") for name in ("seed", "settings")},
    "settings of another version": with_attribute("settings", {"draw": 10}),
    "settings that no run has": with_attribute("settings", {"seed": 1, "chains": -1}),
    "settings of text": with_attribute("settings", {"seed": "1", "chains": "2"}),
    "another model": with_attribute("model", "half-life"),
    "unknown model": with_attribute("model", "[/b] tea"),
    **{
        f"without {name}": without_group(name)
        for name in ("sample_stats", "prior", "log_prior", "log_likelihood", "panel")
    },
    "one draw": drop_draws,
    "text as posterior": as_text,
}


@pytest.mark.parametrize("damage", REFUSED.values(), ids=REFUSED)
def test_a_trace_that_is_not_whole_ends_with_two(
    damage: Damage, tmp_path: Path
) -> None:
    tree, path = whole(), tmp_path / "[final] a.nc"
    damage(tree)
    write_trace(tree, path)
    status, output = run(INFERENCE, "check", path)
    assert status == 2, output
    assert "[final] a.nc" in output
    assert "Remedy: " in output


@pytest.mark.parametrize("damage", ["without versions", "without prior", "one draw"])
def test_every_door_refuses_it(damage: str, tmp_path: Path) -> None:
    tree, path = whole(), tmp_path / "a.nc"
    REFUSED[damage](tree)
    write_trace(tree, path)
    for app, arguments in (
        (INFERENCE, ("score", path)),
        (INFERENCE, ("export", "deviations", path, "--out", tmp_path / "d.csv")),
        (analysis_application(MODEL_REPORTS), ("report", path, "--out", tmp_path)),
    ):
        status, output = run(app, *arguments)
        assert status == 2, output
        assert "a.nc: the trace lacks" in output


def set_nan(group: str, variable: str) -> Damage:
    def damage(tree: xr.DataTree) -> None:
        tree[group][variable][{"chain": 0, "draw": 3}] = np.nan

    return damage


def set_infinite(tree: xr.DataTree) -> None:
    tree["posterior"]["persistence"][{"chain": 1, "draw": 0}] = np.inf


def stick(tree: xr.DataTree) -> None:
    draws = tree["posterior"]["persistence"]
    draws[{"chain": 0}] = draws[{"chain": 0, "draw": 0}]


FAILED: dict[str, tuple[Damage, str]] = {
    "NaN": (set_nan("posterior", "persistence"), "draws of persistence are not"),
    "infinite": (set_infinite, "draws of persistence are not finite"),
    "NaN log likelihood": (
        set_nan("log_likelihood", "basis_bp"),
        "draws of log_likelihood/basis_bp are not finite",
    ),
    "stuck": (stick, "R-hat of persistence"),
    "fewer draws": (
        with_attribute("settings", {"seed": 1, "draws": 6000, "chains": 4}),
        "draws of each chain are stored of 6000",
    ),
}


@pytest.mark.parametrize(("damage", "message"), FAILED.values(), ids=FAILED)
def test_draws_that_are_none_fail_by_name(
    damage: Damage, message: str, tmp_path: Path
) -> None:
    tree, path = whole(), tmp_path / "a.nc"
    damage(tree)
    write_trace(tree, path)
    status, output = run(INFERENCE, "check", path)
    assert status == 1, output
    assert message in output


def test_a_trace_that_claims_more_than_memory_is_refused(tmp_path: Path) -> None:
    import netCDF4

    path = tmp_path / "a.nc"
    write_trace(whole(), path)
    with netCDF4.Dataset(path, "a") as file:
        file.createDimension("endless", 2**43)
        file["panel"].createVariable("huge", "f8", ("endless",), chunksizes=(2**20,))
    status, output = run(INFERENCE, "check", path)
    assert status == 2
    assert "GiB are available" in output


@pytest.mark.parametrize("name", ["[/b].nc", "[final] run.nc", "100% #1 _a_.nc"])
def test_names_that_look_like_markup_are_printed_as_they_are(
    name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    write_trace(whole(), path)
    status, output = run(INFERENCE, "check", path)
    assert status in (0, 1), output
    assert f"{path}: " in output
