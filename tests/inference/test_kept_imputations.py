"""A fit of many imputations that is stopped takes up those that it finished."""

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pymc as pm
import pytest
import xarray as xr

from data.commands.ending import Interrupted
from inference.sampling import imputed
from inference.sampling.imputed import POOLED, sample_imputations
from inference.sampling.kept import KeptImputations
from inference.settings import SamplerSettings

SETTINGS = SamplerSettings(seed=1, draws=20, chains=2, prior_draws=10)
NUMBER = 5
STOPPED_AT = 3


class MadeUpSampler:
    """Draws no posterior: every imputation says its own number."""

    done: ClassVar[list[int]] = []

    def __init__(self, *_: Any) -> None:
        self.done.clear()

    def __call__(self, imputation: int, _: Any) -> dict[str, xr.Dataset]:
        self.done.append(imputation)
        draws = np.full((2, 20), float(imputation))
        one = xr.Dataset({"mean": (("chain", "draw"), draws)})
        return dict.fromkeys((*POOLED, imputed.INCIDENTAL), one)


class StoppedSampler(MadeUpSampler):
    def __call__(self, imputation: int, data: Any) -> dict[str, xr.Dataset]:
        if imputation == STOPPED_AT:
            raise Interrupted
        return super().__call__(imputation, data)


def run(kept: KeptImputations, told: list[int]) -> xr.DataTree:
    with pm.Model() as model:
        mean = pm.Normal("mean")
        pm.Normal("y", mean, 1.0, observed=pm.Data("data", np.zeros(3)))
    data = [{"data": np.full(3, float(k))} for k in range(NUMBER)]
    advance = lambda: told.append(1)  # noqa: E731
    return sample_imputations(model, data, SETTINGS, kept=kept, advance=advance)


def kept_at(path: Path, seed: int = 1) -> KeptImputations:
    settings = SamplerSettings(seed=seed, draws=20, chains=2)
    return KeptImputations(path, {"data_sha256": "ab"}, settings, NUMBER)


def test_a_second_run_samples_what_the_first_did_not_finish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "trace.nc"
    monkeypatch.setattr(imputed, "_ImputationSampler", StoppedSampler)
    with pytest.raises(Interrupted):
        run(kept_at(out), [])
    assert MadeUpSampler.done == list(range(STOPPED_AT))

    told: list[int] = []
    monkeypatch.setattr(imputed, "_ImputationSampler", MadeUpSampler)
    trace = run(kept_at(out), told)
    assert MadeUpSampler.done == list(range(STOPPED_AT, NUMBER))
    assert len(told) == NUMBER
    means = trace["posterior"]["mean"].mean("draw").to_numpy()
    assert sorted(set(means)) == [0.0, 1.0, 2.0, 3.0, 4.0]

    kept_at(out).remove()
    assert list(tmp_path.iterdir()) == []


def test_imputations_of_other_settings_are_not_taken_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "trace.nc"
    monkeypatch.setattr(imputed, "_ImputationSampler", MadeUpSampler)
    run(kept_at(out), [])
    run(kept_at(out, seed=2), [])
    assert MadeUpSampler.done == list(range(NUMBER))


def test_a_damaged_imputation_is_sampled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "trace.nc"
    monkeypatch.setattr(imputed, "_ImputationSampler", MadeUpSampler)
    run(kept_at(out), [])
    (file,) = tmp_path.rglob("2.nc")
    file.write_bytes(file.read_bytes()[:200])
    run(kept_at(out), [])
    assert MadeUpSampler.done == [2]
