"""A premium that nobody quotes, seen in two noisy spreads: the Kalman likelihood."""

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from models.likelihoods.kalman.distribution import LinearGaussianStateSpace

TRUTH = {"persistence": 0.95, "innovation_sd_bp": 1.0, "loading": 0.6}
NOISE_SD_BP = np.array([0.8, 1.2])


def simulated_spreads(weeks: int = 200, seed: int = 1) -> np.ndarray:
    """Two spreads on one AR(1), (week, spread), basis points; some are missing."""
    rng = np.random.default_rng(seed)
    shock = rng.normal(0.0, TRUTH["innovation_sd_bp"], weeks)
    premium = np.zeros(weeks)
    for week in range(1, weeks):
        premium[week] = TRUTH["persistence"] * premium[week - 1] + shock[week]
    spreads = np.outer(premium, [1.0, TRUTH["loading"]])
    spreads += NOISE_SD_BP * rng.standard_normal((weeks, 2))
    spreads[rng.random((weeks, 2)) < 0.1] = np.nan
    return spreads


def premium_model(spreads: np.ndarray) -> pm.Model:
    """The premium is integrated out; its path can be drawn afterwards."""
    is_observed = np.isfinite(spreads)
    coords = {"week": np.arange(len(spreads)), "spread": ["first", "second"]}
    with pm.Model(coords=coords) as model:
        persistence = pm.Beta("persistence", 8.0, 1.5)
        innovation_sd = pm.HalfNormal("innovation_sd_bp", 3.0)
        noise_sd = pm.HalfNormal("noise_sd_bp", 3.0, dims="spread")
        loading = pm.Normal("loading", 1.0, 0.5)
        variance = pt.stack([innovation_sd**2])
        LinearGaussianStateSpace(
            "spread_bp",
            is_observed=is_observed.astype(float),
            # N and K, here 2 and 1, are constants to the compiler.
            loading=pt.specify_shape(pt.stack([1.0, loading])[:, None], (2, 1)),
            persistence=pt.stack([persistence]),
            state_variance=variance,
            observation_variance=noise_sd**2,
            initial_mean=np.zeros(1),
            initial_variance=variance / (1.0 - persistence**2),
            state_input=np.zeros((1, 1)),
            observation_input=np.zeros(spreads.shape),
            observed=np.where(is_observed, spreads, 0.0),
            dims=("week", "spread"),
        )
    return model


if __name__ == "__main__":
    from inference import SamplerSettings, fit

    trace = fit(premium_model(simulated_spreads()), SamplerSettings(seed=1))
    print(trace.attrs["verdict"])
    print(trace["posterior"].to_dataset().mean(("chain", "draw")))
