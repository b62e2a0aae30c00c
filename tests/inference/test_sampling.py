import dataclasses

import numpy as np
import nutpie
import pytest
import xarray as xr
from threadpoolctl import threadpool_info

from inference.fitting import fit
from inference.sampling import (
    SAMPLE_STATISTICS,
    sample_compiled,
    sample_posterior,
    thin_evenly,
)
from inference.settings import SamplerSettings
from inference.traced.own import prepare_own
from tests.inference.toy import NUM_WEEKS, TOY_SETTINGS, toy_data, toy_model, toy_trace

SHORT = SamplerSettings(
    seed=2, draws=60, tune=100, chains=2, prior_draws=20, predictive_draws=10
)

# Exact posterior of the mean for a flat prior: sd / sqrt(n). The Monte Carlo error of
# 2,000 draws and the N(0, 10) prior move it by well under a tenth of that.
POSTERIOR_MEAN_TOLERANCE = 0.1 * 2.0 / np.sqrt(NUM_WEEKS)


def test_posterior_mean_is_the_sample_mean_under_a_wide_prior() -> None:
    mean = float(toy_trace()["posterior"]["mean"].mean())
    assert mean == pytest.approx(toy_data().mean(), abs=POSTERIOR_MEAN_TOLERANCE)


def test_trace_holds_every_group_with_its_dimensions() -> None:
    sizes = {
        name: dict(group.sizes)
        for name, group in toy_trace().children.items()
        if name in {"log_likelihood", "posterior_predictive", "prior_predictive"}
    }
    assert sizes["log_likelihood"] == {"chain": 4, "draw": 500, "week": NUM_WEEKS}
    assert sizes["posterior_predictive"] == {"chain": 4, "draw": 100, "week": NUM_WEEKS}
    assert sizes["prior_predictive"] == {"chain": 1, "draw": 1000, "week": NUM_WEEKS}
    assert {"prior", "log_prior", "observed_data", "constant_data"} <= set(
        toy_trace().children
    )


def test_log_likelihood_is_the_normal_log_density_of_each_week() -> None:
    trace = toy_trace()
    mean, sd = trace["posterior"]["mean"], trace["posterior"]["sd"]
    residual = (trace["observed_data"]["y"] - mean) / sd
    expected = -0.5 * residual**2 - np.log(sd) - 0.5 * np.log(2 * np.pi)
    xr.testing.assert_allclose(
        trace["log_likelihood"]["y"], expected.transpose("chain", "draw", "week")
    )


def test_equal_settings_give_equal_numbers() -> None:
    again = sample_posterior(toy_model(), TOY_SETTINGS, progressbar=False)
    for group in ("posterior", "prior", "posterior_predictive", "prior_predictive"):
        xr.testing.assert_equal(
            again[group].to_dataset(), toy_trace()[group].to_dataset()
        )


def blas_threads() -> set[int]:
    return {x["num_threads"] for x in threadpool_info() if x["user_api"] == "blas"}


def test_a_fit_leaves_linear_algebra_on_one_thread() -> None:
    seen: list[set[int]] = []

    def derive(*_: object) -> dict[str, xr.Dataset]:
        seen.append(blas_threads())
        return {}

    before = blas_threads()
    prepared = dataclasses.replace(prepare_own(toy_model(toy_data())), derive=derive)
    settings = dataclasses.replace(TOY_SETTINGS, draws=20, tune=20)
    fit(prepared, settings, progressbar=False)
    assert seen == [{1}]
    assert blas_threads() == before


def test_so_do_chains_of_a_compiled_model(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[int]] = []
    monkeypatch.setattr(nutpie, "sample", lambda *_, **__: seen.append(blas_threads()))
    sample_compiled(None, TOY_SETTINGS)
    assert seen == [{1}]


def test_another_seed_gives_other_draws() -> None:
    settings = dataclasses.replace(TOY_SETTINGS, seed=12)
    other = sample_posterior(toy_model(), settings, progressbar=False)
    assert not np.array_equal(
        other["posterior"]["mean"], toy_trace()["posterior"]["mean"]
    )


# JAX warns of any fork once it has been imported, here by tests of the same process.
@pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")
@pytest.mark.slow
@pytest.mark.parametrize("sampler", ["pymc", "numpyro"])
def test_every_sampler_reports_the_same_statistics(sampler: str) -> None:
    settings = dataclasses.replace(SHORT, sampler=sampler)
    trace = sample_posterior(toy_model(), settings, progressbar=False)
    assert set(SAMPLE_STATISTICS) == set(trace["sample_stats"].data_vars)
    assert set(trace.children) == set(toy_trace().children)


def test_thinning_spreads_the_kept_draws_over_the_chain() -> None:
    draws = xr.Dataset(coords={"chain": range(4), "draw": range(1000)})
    thinned = thin_evenly(draws, 400)
    assert thinned["draw"].values.tolist() == list(range(0, 1000, 10))


def test_thinning_never_keeps_more_than_asked() -> None:
    draws = xr.Dataset(coords={"chain": range(4), "draw": range(999)})
    thinned = thin_evenly(draws, 400)
    assert thinned.sizes["chain"] * thinned.sizes["draw"] <= 400
