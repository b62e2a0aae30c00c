"""The price-pressure model at the length of Mixon & Tuzun's sample."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pymc as pm
import xarray as xr
from pytensor.graph.basic import Variable

from benchmarks.implementations import (
    JAX_SCAN,
    OURS,
    PYMC_EXTRAS,
    Implementation,
)
from benchmarks.price_pressure.scan_likelihoods import (
    joint_scan_log_likelihood,
    sequential_scan_log_likelihood,
)
from benchmarks.price_pressure.statespace_likelihoods import (
    STATESPACE_FILTERS,
    statespace_log_likelihood,
)
from benchmarks.price_pressure.statsmodels_likelihood import (
    VARIANT,
    measure_price_pressure_fit,
)
from benchmarks.problem import SEED, Problem
from benchmarks.targets import price_pressure_targets
from data.price_pressure.panel import (
    PricePressurePanel,
    read_price_pressure_panel,
    write_panel,
)
from models.likelihoods.kalman.distribution import LinearGaussianStateSpace
from models.price_pressure.model import price_pressure_model
from models.price_pressure.simulation import simulate_price_pressure
from models.price_pressure.variants import VARIANTS

NUM_WEEKS = 872
"""Length of Mixon & Tuzun's sample."""

LENGTHS = (100, 872, 1_000, 10_000, 100_000)

FIRST_DAY = "1800-01-01"


def price_pressure_panel(folder: Path) -> PricePressurePanel:
    """Panel simulated at the published estimates, written once into the folder."""
    path = folder / "panel.parquet"
    if not path.exists():
        frame = simulate_price_pressure(VARIANTS[VARIANT], SEED, num_weeks=NUM_WEEKS)
        write_panel(frame, path)
    return read_price_pressure_panel(path)


def panel_of_length(panel: PricePressurePanel, num_weeks: int) -> PricePressurePanel:
    """Run through the panel forwards and backwards until it is long enough."""
    original = panel.dataset.sizes["week"]
    there_and_back = np.concatenate([np.arange(original), np.arange(original)[::-1]])
    rows = np.resize(there_and_back, num_weeks)
    # A day apart: nanosecond dates cannot hold 100,000 weeks.
    days = pd.date_range(FIRST_DAY, periods=num_weeks, freq="D").astype(
        "datetime64[ns]"
    )
    dataset: xr.Dataset = panel.dataset.isel(week=rows).assign_coords(week=days)
    return PricePressurePanel(
        dataset=dataset, source=f"{num_weeks} weeks", sha256=panel.sha256
    )


def _model(panel: PricePressurePanel) -> pm.Model:
    return price_pressure_model(panel, VARIANT)


def _model_by(
    log_likelihood: Callable[..., Variable],
) -> Callable[[PricePressurePanel], pm.Model]:
    """Our model, its likelihood computed in another way."""
    state_space = partial(LinearGaussianStateSpace, log_likelihood=log_likelihood)
    return partial(price_pressure_model, variant=VARIANT, state_space=state_space)


IMPLEMENTATIONS = {
    implementation.name: implementation
    for implementation in (
        Implementation(
            name=OURS,
            description="Kalman Op, analytic gradient, numba",
            build_model=_model,
        ),
        Implementation(
            name=JAX_SCAN,
            description="PyTensor scan, one yield at a time, JAX gradient",
            build_model=_model_by(sequential_scan_log_likelihood),
            backend="jax",
            gradient_backend="jax",
        ),
        Implementation(
            name=f"{JAX_SCAN}-joint",
            description="PyTensor scan, 4 x 4 Cholesky factor, JAX gradient",
            build_model=_model_by(joint_scan_log_likelihood),
            backend="jax",
            gradient_backend="jax",
        ),
        *(
            Implementation(
                name=f"{PYMC_EXTRAS}-{filter_name}",
                description=f"statespace, {filter_name} filter, {backend}",
                build_model=_model_by(statespace_log_likelihood(filter_name)),
                backend=backend,
            )
            for filter_name, backend in STATESPACE_FILTERS.items()
        ),
    )
}
"""By name."""

PRICE_PRESSURE = Problem(
    name="price-pressure",
    title="the price-pressure model",
    path=f"{__name__}:PRICE_PRESSURE",
    make_panel=price_pressure_panel,
    lengthen=panel_of_length,
    date="week",
    lengths=LENGTHS,
    implementations=IMPLEMENTATIONS,
    natural_parameters=(
        "price_pressure",
        "yield_noise_sd_bp",
        "persistence",
        "factor_mean_bp",
        "factor_innovation_sd_bp",
    ),
    measure_fit=measure_price_pressure_fit,
    evaluate_targets=price_pressure_targets,
)
