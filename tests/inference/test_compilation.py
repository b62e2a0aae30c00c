import numpy as np
import nutpie
import pytest
from pytensor.link.numba.cache import CACHED_SRC_FUNCTIONS

from inference.sampling.compilation import (
    NUTPIE_FACTORIES,
    cached_callbacks,
    compile_for_nutpie,
)
from tests.inference.toy import NUM_WEEKS, toy_model

ROUNDING = 1e-12
"""The callbacks only hand numbers on; the densities are those of the same function."""

TRAJECTORY = 1e-6
"""Rounding of 1e-16 may differ where the compiler inlines differently, and grows along
20 draws; another density would give other draws altogether."""


def evaluate(compiled: object, point: np.ndarray) -> tuple[int, float, np.ndarray]:
    function = compiled.compiled_logp_func.ctypes  # type: ignore[attr-defined]
    gradient, density = np.empty(point.size), np.empty(1)
    pointers = [
        array.ctypes.data_as(kind)
        for array, kind in zip(
            (point, gradient, density), function.argtypes[1:4], strict=True
        )
    ]
    user_data = compiled.user_data.ctypes.data  # type: ignore[attr-defined]
    return function(point.size, *pointers, user_data), float(density[0]), gradient


@pytest.fixture(scope="module")
def ours() -> object:
    return compile_for_nutpie(toy_model())


@pytest.fixture(scope="module")
def nutpies_own() -> object:
    return nutpie.compile_pymc_model(toy_model())


def test_density_and_gradient_are_those_of_nutpies_own_callback(
    ours: object, nutpies_own: object
) -> None:
    point = np.array([2.5, 0.4, -1.0, 0.3])
    status, density, gradient = evaluate(ours, point)
    _, other_density, other_gradient = evaluate(nutpies_own, point)
    assert status == 0
    assert density == pytest.approx(other_density, rel=ROUNDING)
    np.testing.assert_allclose(gradient, other_gradient, rtol=ROUNDING)


def test_a_point_without_a_finite_density_is_reported_and_not_fatal(
    ours: object,
) -> None:
    status, _, _ = evaluate(ours, np.array([np.nan, 0.4, -1.0, 0.3]))
    assert status > 0


def test_draws_are_those_of_nutpies_own_callbacks(
    ours: object, nutpies_own: object
) -> None:
    settings = {"draws": 20, "tune": 50, "chains": 1, "seed": 3, "progress_bar": False}
    fitted = [nutpie.sample(one, **settings) for one in (ours, nutpies_own)]
    for name in ("mean", "sd", "fitted", "unrelated"):
        first, second = (trace["posterior"][name].to_numpy() for trace in fitted)
        np.testing.assert_allclose(first, second, rtol=TRAJECTORY)


def test_other_data_reach_the_callbacks(ours: object) -> None:
    masked = ours.with_data(is_quoted=np.zeros(NUM_WEEKS))  # type: ignore[attr-defined]
    point = np.array([2.5, 0.4, -1.0, 0.3])
    _, all_weeks, _ = evaluate(ours, point)
    _, no_weeks, _ = evaluate(masked, point)
    assert no_weeks > all_weeks + NUM_WEEKS / 2


def test_the_callbacks_are_kept_on_disk(ours: object) -> None:
    with cached_callbacks() as options:
        again = nutpie.compile_pymc_model(toy_model(), **options)
    for callback in (again.compiled_logp_func, again.compiled_expand_func):
        assert callback._pyfunc in CACHED_SRC_FUNCTIONS
        assert callback.cache_hits == 1


def test_nutpie_has_its_own_callbacks_back_afterwards() -> None:
    before = [getattr(nutpie.compile_pymc, name) for name in NUTPIE_FACTORIES]
    with cached_callbacks():
        inside = [getattr(nutpie.compile_pymc, name) for name in NUTPIE_FACTORIES]
    after = [getattr(nutpie.compile_pymc, name) for name in NUTPIE_FACTORIES]
    assert after == before
    assert inside != before
