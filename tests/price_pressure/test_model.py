"""The price-pressure model: its variables, its likelihood and its gradient."""

import re
from functools import cache

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from numpy.testing import assert_allclose
from pymc.blocking import DictToArrayBijection, RaveledVars
from pymc.initial_point import make_initial_point_fn
from pymc.pytensorf import PointFunc

import models.price_pressure.model
from data.price_pressure.panel import panel_from_frame
from models.price_pressure.model import (
    SAMPLED_DECAY,
    PricePressurePriors,
    price_pressure_model,
)
from models.price_pressure.variants import VARIANTS
from tests.likelihoods.state_spaces import dense_log_likelihood
from tests.price_pressure.systems import (
    NUM_WEEKS,
    YIELDS,
    system_of,
    truth_point,
    twin_frame,
    twin_panel,
)

PYTHON = "FAST_COMPILE"
"""No compilation of the graph; the filter inside is compiled all the same."""

DENSE = 1e-7
"""Relative. The dense side factorises a matrix of 240 rows whose eigenvalues span from
1 (noise) to 1e7 (the level of all weeks), which costs seven of sixteen digits; the
filter takes converged covariances as fixed, which costs less."""

DIFFERENCES = 1e-5
"""Relative. A central difference with step 1e-5 of a log density of some thousands
loses 1e-13 * 1e3 / 1e-5 = 1e-5 absolutely to rounding; slopes are of order 10."""

CELL, WHOLE_WEEK = (30, 1), 40
"""Row and tenor of the missing cell, and the row without any yield."""

LARGEST = "cash-futures-order-flow"
every_variant = pytest.mark.parametrize("variant", VARIANTS)


@cache
def model_of(variant: str) -> pm.Model:
    return price_pressure_model(twin_panel(variant), variant)


@cache
def pointwise_of(variant: str) -> PointFunc:
    return compile_pointwise(model_of(variant))


def compile_pointwise(model: pm.Model) -> PointFunc:
    return model.compile_logp([model["yield_bp"]], sum=False, mode=PYTHON)


def unconstrained(model: pm.Model, point: dict[str, np.ndarray]) -> dict:
    """Free parameters as the sampler sees them, without bounds."""
    return make_initial_point_fn(model=model, overrides=point)(0)


def log_densities(model: pm.Model, variant: str, **more: np.ndarray) -> np.ndarray:
    """One a week, at the published estimates."""
    point = truth_point(variant) | more
    return compile_pointwise(model)(unconstrained(model, point))[0]


@every_variant
def test_parameters_have_the_dimensions_of_the_equations(variant: str) -> None:
    model = model_of(variant)
    expected = {
        "price_pressure": ("inventory_market", "tenor"),
        "factor_mean_bp": ("factor",),
        "half_life_weeks": ("factor",),
        "factor_innovation_sd_bp": ("factor",),
        "yield_noise_sd_bp": ("tenor",),
    }
    if VARIANTS[variant].order_flow_terms:
        expected["price_discovery"] = ("order_flow_term",)
    free = {rv.name: model.named_vars_to_dims[rv.name] for rv in model.free_RVs}
    assert free == expected
    assert model.named_vars_to_dims["persistence"] == ("factor",)
    assert not model.potentials


@every_variant
def test_yields_are_the_only_observed_variable(variant: str) -> None:
    model = model_of(variant)
    assert [rv.name for rv in model.observed_RVs] == ["yield_bp"]
    assert model.named_vars_to_dims["yield_bp"] == ("week", "tenor")
    assert model["yield_bp"].type.ndim == 2


@every_variant
def test_coordinates_name_weeks_tenors_markets_and_terms(variant: str) -> None:
    coords = {name: list(values) for name, values in model_of(variant).coords.items()}
    specification = VARIANTS[variant]
    assert coords["week"] == list(twin_frame(variant)["date"].astype("datetime64[ns]"))
    assert coords["tenor"] == [2, 5, 10, 20]
    assert coords["factor"] == ["level", "slope", "curvature"]
    assert coords["inventory_market"] == list(specification.inventory_markets)
    labels = [
        f"{t.factor}:{t.market}:{t.tenor}" for t in specification.order_flow_terms
    ]
    assert coords.get("order_flow_term", []) == labels


def test_module_table_has_the_dimensions_of_the_model() -> None:
    """The table of symbols, names, shapes and units is what a reader goes by."""
    priors = PricePressurePriors(decay_per_month=SAMPLED_DECAY)
    model = price_pressure_model(twin_panel(LARGEST), LARGEST, priors)
    rows = re.findall(
        r"^\S.*?  (\w+) +(\([\w, ]+\)|scalar)  +(\S.*)$",
        models.price_pressure.model.__doc__,
        re.MULTILINE,
    )
    shapes = {name: tuple(re.findall(r"\w+", shape)) for name, shape, _ in rows}
    assert set(shapes) == {
        *(rv.name for rv in model.basic_RVs),
        "inventory_dv01_musd",
        "order_flow_surprise_busd",
        "persistence",
    } - {"half_life_weeks"}
    for name, shape in shapes.items():
        dims = model.named_vars_to_dims.get(name, ("scalar",))
        assert tuple(d.removeprefix("inventory_") for d in dims) == shape, name
    endings = {"bp": "basis points", "musd": "USD million", "busd": "USD billion"}
    for name, _, unit in rows:
        if (ending := name.rpartition("_")[2]) in endings:
            assert unit.startswith(endings[ending])


@every_variant
def test_log_likelihood_is_that_of_the_equations_written_out(variant: str) -> None:
    model = model_of(variant)
    ours = pointwise_of(variant)(unconstrained(model, truth_point(variant)))[0]
    expected = dense_log_likelihood(system_of(twin_frame(variant), VARIANTS[variant]))
    assert ours.shape == (NUM_WEEKS,)
    assert_allclose(ours, expected, rtol=DENSE, atol=DENSE)


@every_variant
def test_gradient_agrees_with_finite_differences(variant: str) -> None:
    check_gradient(model_of(variant), truth_point(variant))


def check_gradient(model: pm.Model, truth: dict[str, np.ndarray]) -> None:
    """Along a random direction of each parameter, away from the simulating values."""
    rng = np.random.default_rng(11)
    point = {
        name: value + rng.uniform(-0.1, 0.1, np.shape(value))
        for name, value in unconstrained(model, truth).items()
    }
    density = model.compile_logp(mode=PYTHON)
    gradient = model.compile_dlogp(mode=PYTHON)(point)
    assert np.isfinite(gradient).all()
    position, step = 0, 1e-5
    for variable in model.value_vars:
        name, value = variable.name, np.asarray(point[variable.name])
        direction = rng.uniform(0.5, 1.5, value.shape)
        part = gradient[position : position + value.size].reshape(value.shape)
        position += value.size
        numeric = (
            density(point | {name: value + step * direction})
            - density(point | {name: value - step * direction})
        ) / (2 * step)
        assert_allclose(
            (part * direction).sum(),
            numeric,
            rtol=DIFFERENCES,
            atol=10 * DIFFERENCES,
            err_msg=name,
        )
    assert position == gradient.size


@every_variant
def test_the_change_to_the_sampling_scale_is_accounted_for(variant: str) -> None:
    """Log Jacobian determinant of all parameters, by differences on the whole scale."""
    model = model_of(variant)
    point = DictToArrayBijection.map(unconstrained(model, truth_point(variant)))
    natural = model.compile_fn(
        [
            pt.concatenate(
                [rv.ravel() for rv in model.replace_rvs_by_values(model.free_RVs)]
            )
        ],
        inputs=model.value_vars,
        mode=PYTHON,
    )

    def parameters(flat: np.ndarray) -> np.ndarray:
        moved = RaveledVars(flat, point.point_map_info)
        return natural(DictToArrayBijection.rmap(moved))[0]

    step = 1e-5
    jacobian = [
        (parameters(point.data + move) - parameters(point.data - move)) / (2 * step)
        for move in step * np.eye(len(point.data))
    ]
    values = DictToArrayBijection.rmap(point)
    with_it, without = (
        model.compile_logp(jacobian=included, mode=PYTHON)(values)
        for included in (True, False)
    )
    assert_allclose(
        with_it - without, np.linalg.slogdet(jacobian).logabsdet, rtol=DIFFERENCES
    )


@cache
def with_gaps() -> tuple[pm.Model, np.ndarray]:
    """A panel with a missing cell and a missing week: its model, its log densities."""
    frame = twin_frame(LARGEST)
    frame.loc[CELL[0], YIELDS[CELL[1]]] = np.nan
    frame.loc[WHOLE_WEEK, YIELDS] = np.nan
    model = price_pressure_model(panel_from_frame(frame, "gaps"), LARGEST)
    expected = dense_log_likelihood(system_of(frame, VARIANTS[LARGEST]))
    ours = log_densities(model, LARGEST)
    assert_allclose(ours, expected, rtol=DENSE, atol=DENSE)
    return model, ours


def test_missing_yields_are_integrated_out_and_change_no_earlier_week() -> None:
    complete = pointwise_of(LARGEST)(
        unconstrained(model_of(LARGEST), truth_point(LARGEST))
    )[0]
    _, ours = with_gaps()
    row = CELL[0]
    assert_allclose(ours[:row], complete[:row], rtol=0)
    assert (np.abs(ours[row : row + 2] - complete[row : row + 2]) > DENSE).all()
    assert ours[WHOLE_WEEK] == 0.0
    assert abs(ours[WHOLE_WEEK + 1] - complete[WHOLE_WEEK + 1]) > DENSE


def test_the_filler_of_a_missing_yield_does_not_matter() -> None:
    model, ours = with_gaps()
    quoted = model["quoted_yield_bp"].get_value()
    is_quoted = model["is_quoted"].get_value()
    assert is_quoted.sum() == 4 * NUM_WEEKS - 5
    assert not quoted[is_quoted == 0].any()
    with model:
        pm.set_data({"quoted_yield_bp": np.where(is_quoted == 0, 1e5, quoted)})
        other = log_densities(model, LARGEST)
        pm.set_data({"quoted_yield_bp": quoted})
    assert_allclose(other, ours, rtol=0)


def test_weeks_before_the_first_surprise_are_left_out_of_the_model() -> None:
    frame = twin_frame(LARGEST)
    surprises = [name for name in frame.columns if "surprise" in name]
    frame.loc[:1, surprises] = np.nan
    model = price_pressure_model(panel_from_frame(frame, "late"), LARGEST)
    expected = dense_log_likelihood(system_of(frame.iloc[2:], VARIANTS[LARGEST]))
    assert model.coords["week"][0] == frame["date"][2]
    assert_allclose(log_densities(model, LARGEST), expected, rtol=DENSE, atol=DENSE)


def test_variant_objects_work_like_their_names() -> None:
    by_object = price_pressure_model(
        twin_panel("net-inventory"), VARIANTS["net-inventory"]
    )
    assert by_object.coords == model_of("net-inventory").coords


def test_decay_is_a_constant_unless_it_has_a_prior() -> None:
    assert "decay_per_month" not in model_of(LARGEST).named_vars
    assert PricePressurePriors().decay_per_month == 0.0609


def test_another_constant_decay_is_used() -> None:
    priors = PricePressurePriors(decay_per_month=0.03)
    model = price_pressure_model(twin_panel("net-inventory"), "net-inventory", priors)
    system = system_of(twin_frame("net-inventory"), VARIANTS["net-inventory"], 0.03)
    assert_allclose(
        log_densities(model, "net-inventory"),
        dense_log_likelihood(system),
        rtol=DENSE,
        atol=DENSE,
    )


def test_sampled_decay_has_the_right_likelihood_and_gradient() -> None:
    variant, decay = "net-order-flow", np.array(0.045)
    priors = PricePressurePriors(decay_per_month=SAMPLED_DECAY)
    model = price_pressure_model(twin_panel(variant), variant, priors)
    assert "decay_per_month" in {rv.name for rv in model.free_RVs}
    system = system_of(twin_frame(variant), VARIANTS[variant], float(decay))
    ours = log_densities(model, variant, decay_per_month=decay)
    assert_allclose(ours, dense_log_likelihood(system), rtol=DENSE, atol=DENSE)
    check_gradient(model, truth_point(variant) | {"decay_per_month": decay})
