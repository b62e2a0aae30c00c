"""States and predictions at the parameters that made the simulated data."""

from functools import cache

import numpy as np
import pytest
import xarray as xr

from data.errors import DataError
from data.price_pressure.panel import PricePressurePanel, panel_from_frame
from inference.price_pressure.prepare import (
    derive_price_pressure,
    predict_price_pressure,
    prepare_from_price_pressure_trace,
    prepare_price_pressure,
)
from inference.sampling import sample_posterior
from inference.settings import SamplerSettings
from models.price_pressure.model import SAMPLED_DECAY, PricePressurePriors
from models.price_pressure.simulation import (
    published_truth,
    simulate_price_pressure,
)
from models.price_pressure.variants import VARIANTS

VARIANT = "net-order-flow"
NUM_WEEKS = 300
MISSING_WEEK = 100


@cache
def panel() -> PricePressurePanel:
    frame = simulate_price_pressure(VARIANT, seed=3, num_weeks=NUM_WEEKS)
    yields = [name for name in frame.columns if name.startswith("yield_")]
    frame.loc[MISSING_WEEK, yields] = np.nan
    return panel_from_frame(frame, "twin")


def truth_as_draws(num_draws: int) -> xr.Dataset:
    truth = published_truth(VARIANTS[VARIANT])
    values = {
        "factor_mean_bp": truth.factor_mean_bp,
        "half_life_weeks": -1 / np.log2(truth.persistence),
        "factor_innovation_sd_bp": truth.factor_innovation_sd_bp,
        "yield_noise_sd_bp": truth.yield_noise_sd_bp,
        "price_pressure": truth.price_pressure,
        "price_discovery": truth.price_discovery,
    }
    return xr.Dataset(
        {
            name: (
                ("chain", "draw", *(f"{name}_{i}" for i in range(value.ndim))),
                np.broadcast_to(value, (1, num_draws, *value.shape)),
            )
            for name, value in values.items()
        }
    )


@cache
def groups() -> dict[str, xr.Dataset]:
    trace = xr.DataTree.from_dict({"posterior": truth_as_draws(40)})
    model = prepare_price_pressure(panel(), VARIANT).model
    return derive_price_pressure(VARIANTS[VARIANT], model, trace, num_draws=40, seed=1)


def used_weeks() -> xr.Dataset:
    return prepare_price_pressure(panel(), VARIANT).used


def test_efficient_yields_are_the_yields_less_pressure_and_noise() -> None:
    truth = published_truth(VARIANTS[VARIANT])
    weeks = used_weeks()
    inventory = weeks["dv01_musd"].sel(market=["cash", "futures"]).to_numpy()
    pressure = (inventory * truth.price_pressure).sum(axis=1)
    efficient = groups()["smoothed"]["efficient_yield_bp"].mean("sample")
    noise = (weeks["yield_bp"] - efficient - pressure).std("week")
    # The smoother takes up part of the noise, never adds to it: three factors fit four
    # yields, so what is left lies between a tenth of the noise and all of it.
    assert (noise.to_numpy() < 1.1 * truth.yield_noise_sd_bp).all()
    assert (noise.to_numpy() > 0.1 * truth.yield_noise_sd_bp).all()


def test_factors_are_in_basis_points_around_their_means() -> None:
    factor = groups()["smoothed"]["factor_bp"]
    level = float(factor.sel(factor="level").mean())
    yields = used_weeks()["yield_bp"].mean("week")
    # The loadings at 20 years are nearly (1, 0.07, 0.07).
    twenty = factor.mean(("sample", "week")).to_numpy() @ [1.0, 0.068, 0.068]
    assert twenty == pytest.approx(float(yields.sel(tenor=20)), abs=25)
    assert 100 < level < 1000


def test_a_week_without_yields_has_states_and_a_prediction_but_no_residual() -> None:
    position = MISSING_WEEK - (NUM_WEEKS - used_weeks().sizes["week"])
    ahead, smoothed = groups()["one_step_ahead"], groups()["smoothed"]
    assert np.isnan(ahead["pit"][position]).all()
    assert np.isfinite(ahead["mean_bp"]).all()
    assert np.isfinite(smoothed["efficient_yield_bp"]).all()
    assert np.isnan(ahead["pit"]).sum() == 4


def test_means_of_what_draws_predict_are_the_predictions() -> None:
    model = prepare_price_pressure(panel(), VARIANT).model
    found = predict_price_pressure(VARIANTS[VARIANT], model, truth_as_draws(40))[
        "pit"
    ].mean("sample")
    xr.testing.assert_allclose(found, groups()["one_step_ahead"]["pit"])


def test_paths_disagree_most_where_there_are_no_yields() -> None:
    position = MISSING_WEEK - (NUM_WEEKS - used_weeks().sizes["week"])
    spread = groups()["smoothed"]["efficient_yield_bp"].std("sample").mean("tenor")
    assert int(spread[5:-5].argmax("week")) + 5 == position


def test_innovations_at_the_truth_are_standard() -> None:
    innovation = groups()["one_step_ahead"]["standardized_innovation"]
    # Standard error of a standard deviation of 300 values is 0.04; four of them.
    assert innovation.std("week").to_numpy() == pytest.approx(np.ones(4), abs=0.16)


def test_a_model_is_built_again_from_its_trace_alone() -> None:
    priors = PricePressurePriors(
        price_pressure_sd=0.5,
        factor_mean_bp=(300.0, 0.0, 0.0),
        decay_per_month=SAMPLED_DECAY,
    )
    prepared = prepare_price_pressure(panel(), VARIANT, priors)
    trace = xr.DataTree.from_dict({"panel": prepared.used})
    stored = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in prepared.description["priors"].items()
    }
    trace.attrs = prepared.description | {"priors": stored}
    again = prepare_from_price_pressure_trace(trace)
    assert again.description == prepared.description
    point = prepared.model.initial_point()
    assert again.model.point_logps(point) == prepared.model.point_logps(point)


def test_an_unknown_variant_is_answered_with_the_known_ones() -> None:
    with pytest.raises(DataError, match="net-inventory, cash-futures-inventory"):
        prepare_price_pressure(panel(), "gross-inventory")


@pytest.mark.long
def test_numpyro_samples_a_model_whose_likelihood_is_an_op_of_ours() -> None:
    weeks = panel_from_frame(simulate_price_pressure(VARIANT, 3, 60), "twin")
    settings = SamplerSettings(
        seed=1, draws=10, tune=10, chains=2, sampler="numpyro", prior_draws=2
    )
    model = prepare_price_pressure(weeks, VARIANT).model
    trace = sample_posterior(model, settings, progressbar=False)
    assert np.isfinite(trace["sample_stats"]["lp"]).all()
