"""Calm and turbulent days that nobody labels: the hidden Markov likelihood."""

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from models.likelihoods.hidden_markov.distribution import HiddenMarkovRegression
from models.likelihoods.hidden_markov.paths import simulate_states

TRUTH_SLOPE = np.array([[0.5, 1.5], [0.2, 0.4]])
"""Intercept and effect of volatility in each state, (state, covariate)."""

TRUTH_STAYS = np.array([0.9, 0.97])


def simulated_days(days: int = 400, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Price impact, (day,), and covariates, (day, 2): one and log volatility."""
    rng = np.random.default_rng(seed)
    covariates = np.column_stack([np.ones(days), rng.normal(0.0, 1.0, days)])
    matrix = np.array(
        [[TRUTH_STAYS[0], 1 - TRUTH_STAYS[0]], [1 - TRUTH_STAYS[1], TRUTH_STAYS[1]]]
    )
    transition = np.broadcast_to(matrix, (days - 1, 2, 2))
    state = simulate_states(np.array([0.5, 0.5]), transition, days, rng)
    mean = (covariates * TRUTH_SLOPE[state]).sum(axis=1)
    return mean + 0.3 * rng.standard_normal(days), covariates


def impact_model(impact: np.ndarray, covariates: np.ndarray) -> pm.Model:
    """The state of every day is summed out; state 1 has the larger effect."""
    days = len(impact)
    coords = {"day": np.arange(days), "state": [1, 2], "covariate": ["one", "log_vol"]}
    with pm.Model(coords=coords) as model:
        base = pm.Normal("base", 0.0, 1.0, dims="state")
        # Which state is which is told by order, or the posterior has two equal modes.
        smaller = pm.Normal("smaller_effect", 0.0, 1.0)
        gap = pm.HalfNormal("gap", 2.0)
        effect = pt.stack([smaller + gap, smaller])
        stays = pm.Beta("stays", 9.0, 1.0, dims="state")
        # Log odds of state 2 rather than 1, from either state.
        odds = pt.stack([-pm.math.logit(stays[0]), pm.math.logit(stays[1])])
        HiddenMarkovRegression(
            "price_impact",
            covariates=covariates,
            slope=pt.specify_shape(pt.stack([base, effect], axis=1), (2, 2)),
            noise_sd=pm.HalfNormal("noise_sd", 1.0, shape=2, dims="state"),
            initial=np.array([0.5, 0.5]),
            transition_intercept=odds[:, None],
            transition_slope=np.zeros((2, 1)),
            transition_covariate=np.zeros(days),
            is_observed=np.ones(days),
            observed=impact,
            dims=("day",),
        )
    return model


if __name__ == "__main__":
    from inference import SamplerSettings, fit

    trace = fit(impact_model(*simulated_days()), SamplerSettings(seed=1))
    print(trace.attrs["verdict"])
    print(trace["posterior"].to_dataset().mean(("chain", "draw")))
