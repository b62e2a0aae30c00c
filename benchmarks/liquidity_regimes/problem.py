"""The liquidity regimes at the length of Meldrum & Sokolinskiy's sample."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pymc as pm
import xarray as xr
from pytensor.graph.basic import Variable

from benchmarks.density import microseconds_per_call
from benchmarks.implementations import (
    JAX_SCAN,
    OURS,
    PYMC_EXTRAS,
    Implementation,
)
from benchmarks.liquidity_regimes.peers import (
    log_space_scan_log_likelihood,
    marginalised_chain,
    scaled_scan_log_likelihood,
    sum_over_paths,
)
from benchmarks.liquidity_regimes.statsmodels_peer import (
    NATURAL_PARAMETERS,
    SPECIFICATION,
    measure_liquidity_regimes_fit,
)
from benchmarks.problem import SEED, Problem
from benchmarks.targets import liquidity_regimes_targets
from data.liquidity_regimes.panel import (
    LiquidityPanel,
    read_liquidity_panel,
    write_liquidity_panel,
)
from models.likelihoods.hidden_markov.distribution import HiddenMarkovRegression
from models.likelihoods.hidden_markov.passes import forward_backward
from models.liquidity_regimes.inputs import select_inputs
from models.liquidity_regimes.model import liquidity_regimes_model
from models.liquidity_regimes.priors import LiquidityRegimesPriors
from models.liquidity_regimes.simulation import NUM_DAYS, simulate_liquidity_regimes
from models.liquidity_regimes.starts import starting_points

LENGTHS = (500, NUM_DAYS, 10_000, 50_000, 250_000)
"""Days; the last as long as years of intraday data."""

FIRST_DAY = "2000-01-01"

STATES = (2, 3, 4, 5, 6)


def liquidity_regimes_panel(folder: Path) -> LiquidityPanel:
    """Panel simulated at the published estimates, written once into the folder."""
    path = folder / "panel.parquet"
    if not path.exists():
        write_liquidity_panel(simulate_liquidity_regimes(SEED), path)
    return read_liquidity_panel(path)


def panel_of_length(panel: LiquidityPanel, num_days: int) -> LiquidityPanel:
    """Run through the panel forwards and backwards until it is long enough."""
    original = panel.dataset.sizes["day"]
    there_and_back = np.concatenate([np.arange(original), np.arange(original)[::-1]])
    rows = np.resize(there_and_back, num_days)
    # A minute apart: nanosecond dates cannot hold 250,000 trading days.
    days = pd.date_range(FIRST_DAY, periods=num_days, freq="min")
    dataset: xr.Dataset = panel.dataset.isel(day=rows).assign_coords(
        day=days.astype("datetime64[ns]")
    )
    return LiquidityPanel(
        dataset=dataset, source=f"{num_days} days", sha256=panel.sha256
    )


def measure_states(num_states: int) -> dict[str, float]:
    """Microseconds of the likelihood alone, with its gradient, for K states.

    Parameters
    ----------
    num_states : int
        K.

    Returns
    -------
    dict
        ``likelihood_us`` at the length of the paper's sample.
    """
    rng = np.random.default_rng(SEED)
    odds = (num_states, num_states - 1)
    covariate = rng.normal(size=NUM_DAYS)
    passes = forward_backward(num_states)
    inputs = (
        rng.normal(size=(num_states, NUM_DAYS)),
        np.full(num_states, 1 / num_states),
        rng.normal(size=odds),
        rng.normal(size=odds),
        covariate,
    )

    def density(weight: np.ndarray) -> tuple[float, np.ndarray]:
        log_likelihood, *stored = passes.forward(*inputs)
        return log_likelihood, passes.backward(weight, covariate, *stored)[0]

    timed = microseconds_per_call(density, np.ones(NUM_DAYS))
    return {"likelihood_us": timed["median_us"]}


def _model(panel: LiquidityPanel) -> pm.Model:
    return liquidity_regimes_model(panel, SPECIFICATION)


def _model_by(
    log_likelihood: Callable[..., Variable],
) -> Callable[[LiquidityPanel], pm.Model]:
    """Our model, its recursion computed in another way and compiled by JAX."""

    def build(panel: LiquidityPanel) -> pm.Model:
        return liquidity_regimes_model(
            panel,
            SPECIFICATION,
            regression=partial(HiddenMarkovRegression, log_likelihood=log_likelihood),
        )

    return build


def _data_driven_start(panel: LiquidityPanel) -> dict[str, np.ndarray]:
    """Where the regressions of clustered days are: scattered chains lose themselves."""
    inputs = select_inputs(panel, SPECIFICATION)
    return starting_points(inputs, SPECIFICATION, LiquidityRegimesPriors())[0]


def _marginalised_model(panel: LiquidityPanel) -> pm.Model:
    return sum_over_paths(
        liquidity_regimes_model(panel, SPECIFICATION, regression=marginalised_chain)
    )


IMPLEMENTATIONS = {
    implementation.name: implementation
    for implementation in (
        Implementation(
            name=OURS,
            description="forward-backward Op, analytic gradient, numba",
            build_model=_model,
            start=_data_driven_start,
        ),
        Implementation(
            name=JAX_SCAN,
            description="PyTensor scan over logarithms, JAX gradient",
            build_model=_model_by(log_space_scan_log_likelihood),
            start=_data_driven_start,
            backend="jax",
            gradient_backend="jax",
        ),
        Implementation(
            name=f"{JAX_SCAN}-scaled",
            description="PyTensor scan over scaled probabilities, JAX gradient",
            build_model=_model_by(scaled_scan_log_likelihood),
            start=_data_driven_start,
            backend="jax",
            gradient_backend="jax",
        ),
        Implementation(
            name=PYMC_EXTRAS,
            description="marginalised DiscreteMarkovChain, JAX",
            build_model=_marginalised_model,
            start=_data_driven_start,
            # By numba its gradient at this length has not compiled within minutes.
            backend="jax",
            gradient_backend="jax",
        ),
    )
}
"""By name."""

LIQUIDITY_REGIMES = Problem(
    name="liquidity-regimes",
    title="the liquidity regimes",
    path=f"{__name__}:LIQUIDITY_REGIMES",
    make_panel=liquidity_regimes_panel,
    lengthen=panel_of_length,
    date="day",
    lengths=LENGTHS,
    implementations=IMPLEMENTATIONS,
    natural_parameters=NATURAL_PARAMETERS,
    measure_fit=measure_liquidity_regimes_fit,
    further_tasks=tuple(
        (f"{OURS}, likelihood of {K} states", measure_states, (K,)) for K in STATES
    ),
    evaluate_targets=liquidity_regimes_targets,
)
