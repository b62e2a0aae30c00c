"""A fit as a file: what it holds, what it refuses, what a trace carries of it."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from data.errors import DataError
from inference.families import MODELS
from inference.traced.configuration import FitConfiguration, with_priors
from models.half_life.joint_decay import JointDecayPriors
from models.half_life.specification import HalfLifeSpecification
from models.price_pressure.model import PricePressurePriors
from models.priors import LogNormalPrior

CHOSEN: dict[str, dict[str, Any]] = {
    "price-pressure": {"variant": "cash-inventory"},
    "half-life": {"variant": "linear"},
    "trading-costs": {"formula": "bias", "response": "signed"},
}
"""Options that a model cannot do without."""


def written(folder: Path, text: str) -> Path:
    path = folder / "fit.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_configuration_survives_its_file(tmp_path: Path) -> None:
    asked = FitConfiguration(
        model="price-pressure",
        panel="panels/a.csv",
        out="traces/a.nc",
        options={"variant": "cash-inventory"},
        sampler={"seed": 3, "target_accept": 0.95},
        priors={"half_life_weeks": {"median": 8.0, "log_sd": 1.0}},
    )
    asked.write(tmp_path / "fit.toml")
    assert FitConfiguration.read(tmp_path / "fit.toml") == asked


def test_an_option_that_was_left_out_is_left_out_of_the_file(tmp_path: Path) -> None:
    asked = FitConfiguration(
        model="price-pressure", panel="a.csv", out="a.nc", options={"decay": None}
    )
    asked.write(tmp_path / "fit.toml")
    assert FitConfiguration.read(tmp_path / "fit.toml").options == {}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("model = 'toy'\npanel = 'a.csv'", "has no out"),
        ("model = 'toy'\npanel = 'a'\nout = 'b'\npaths = 1", "has a 'paths'"),
        ("model = 'toy'\npanel = 'a'\nout = 'b'\npriors = 1", "priors is no table"),
        ("model = ", "is no TOML"),
    ],
)
def test_a_file_that_is_no_configuration_is_refused(
    tmp_path: Path, text: str, what: str
) -> None:
    with pytest.raises(DataError, match=what):
        FitConfiguration.read(written(tmp_path, text))


@pytest.mark.parametrize(
    ("table", "value", "what"),
    [
        ("options", {"varient": "cash-inventory"}, r"\[options\].*varient"),
        ("sampler", {"seed": 1, "drawz": 3}, r"\[sampler\].*drawz"),
        ("sampler", {"draws": 3}, r"\[sampler\].*seed"),
        ("priors", {"half_live_weeks": 3.0}, "no prior 'half_live_weeks'"),
    ],
)
def test_a_word_that_is_misspelled_is_refused_before_the_panel_is_read(
    table: str, value: dict[str, Any], what: str
) -> None:
    tables = {"options": CHOSEN["price-pressure"], "sampler": {"seed": 1}}
    asked = FitConfiguration(
        model="price-pressure",
        panel="nowhere.csv",
        out="a.nc",
        **{**tables, table: value},
    )
    with pytest.raises(DataError, match=what):
        asked.prepared(MODELS["price-pressure"])


@pytest.mark.parametrize("name", list(MODELS))
def test_priors_that_a_trace_carries_are_the_priors_of_the_model(name: str) -> None:
    model = MODELS[name]
    assert model.default_priors is not None
    default = model.default_priors(model.specify(**CHOSEN.get(name, {})))
    carried = json.loads(json.dumps(asdict(default)))
    assert with_priors(default, carried) == default


def test_one_number_of_a_prior_is_replaced_and_the_rest_stays() -> None:
    default = PricePressurePriors()
    changed = with_priors(default, {"half_life_weeks": {"median": 99.0}})
    old = default.half_life_weeks
    assert changed.half_life_weeks == LogNormalPrior(median=99.0, log_sd=old.log_sd)
    assert {**asdict(changed), "half_life_weeks": asdict(old)} == asdict(default)


def test_one_number_of_a_part_of_the_model_is_replaced() -> None:
    default = JointDecayPriors()
    changed = with_priors(default, {"quiet": {"half_life_days": {"median": 9.0}}})
    assert changed.quiet.half_life_days.median == 9.0
    assert changed.quiet.noise_sd_bp == default.quiet.noise_sd_bp
    assert replace(changed, quiet=default.quiet) == default
    with pytest.raises(DataError, match=r"Write \[priors.quiet\]"):
        with_priors(default, {"quiet": 3.0})


@pytest.mark.parametrize(
    "value", [{"mean": 3.0}, {"median": -1.0}, "8 weeks", True, [1.0, 2.0]]
)
def test_a_prior_of_another_kind_is_refused(value: object) -> None:
    with pytest.raises(DataError, match="prior half_life_weeks cannot be"):
        with_priors(PricePressurePriors(), {"half_life_weeks": value})


def test_the_priors_of_a_half_life_are_those_of_its_variant() -> None:
    priors_of = MODELS["half-life"].default_priors
    assert priors_of is not None
    linear = priors_of({"specification": HalfLifeSpecification(variant="linear")})
    assert "intercept_days" in asdict(linear)
