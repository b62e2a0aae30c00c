"""A small model and one fit of it, shared by the tests of inference."""

from functools import cache

import numpy as np
import pymc as pm
import xarray as xr

from inference.checks.fit_to_data import FamilyChecks
from inference.checks.predictive_checks import PredictiveCheck
from inference.sampling import sample_posterior
from inference.settings import SamplerSettings

TRUE_MEAN = 3.0
NUM_WEEKS = 60
TOY_SETTINGS = SamplerSettings(seed=11, draws=500, tune=500, chains=4)


def _masked_normal_logp(value, mean, sd, is_quoted):  # type: ignore[no-untyped-def]
    return is_quoted * pm.logp(pm.Normal.dist(mean, sd), value)


def _normal_draws(mean, sd, is_quoted, rng=None, size=None):  # type: ignore[no-untyped-def]
    return rng.normal(mean, sd, size=size)


def toy_data() -> np.ndarray:
    return np.random.default_rng(5).normal(TRUE_MEAN, 2.0, size=NUM_WEEKS)


def toy_model(data: np.ndarray | None = None) -> pm.Model:
    """Normal weeks with a mask, one element of `unrelated` outside the likelihood."""
    observed = toy_data() if data is None else data
    coords = {"week": np.arange(len(observed)), "market": ["cash", "futures"]}
    with pm.Model(coords=coords) as model:
        is_quoted = pm.Data("is_quoted", np.ones(len(observed)), dims="week")
        mean = pm.Normal("mean", 0.0, 10.0)
        sd = pm.HalfNormal("sd", 5.0)
        pm.Normal("unrelated", 0.0, 1.0, dims="market")
        pm.Deterministic("fitted", mean * np.ones(len(observed)), dims="week")
        pm.CustomDist(
            "y",
            mean,
            sd,
            is_quoted,
            logp=_masked_normal_logp,
            random=_normal_draws,
            observed=observed,
            dims="week",
        )
    return model


def _sd(weeks: xr.DataArray) -> xr.DataArray:
    return weeks.std("week").expand_dims(label=["all weeks"])


TOY_CHECKS = FamilyChecks(
    predictive=PredictiveCheck(
        variable="y",
        subject="weeks",
        statistics={"sd": _sd},
        scale_statistics=["sd"],
        relevant_difference={"sd": 0.1},
        observed_mask="is_quoted",
    ),
    series_label=lambda _: "week",
    predicts=False,
    searches=False,
    remedies=(("sd", "Try another sd."), ("", "Try another model.")),
)


@cache
def toy_trace() -> xr.DataTree:
    return sample_posterior(toy_model(), TOY_SETTINGS, progressbar=False)


KNOWN_SD = 2.0
PRIOR_SD = 10.0


def known_sd_model(data: np.ndarray) -> pm.Model:
    """Normal weeks of known spread: posterior and predictions have closed forms."""
    with pm.Model(coords={"week": np.arange(len(data))}) as model:
        is_quoted = pm.Data("is_quoted", np.ones(len(data)), dims="week")
        mean = pm.Normal("mean", 0.0, PRIOR_SD)
        pm.CustomDist(
            "y",
            mean,
            KNOWN_SD,
            is_quoted,
            logp=_masked_normal_logp,
            random=_normal_draws,
            observed=data,
            dims="week",
        )
    return model


def known_sd_posterior(data: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation of the posterior of the mean."""
    precision = len(data) / KNOWN_SD**2 + 1 / PRIOR_SD**2
    return float(data.sum() / KNOWN_SD**2 / precision), float(precision**-0.5)
