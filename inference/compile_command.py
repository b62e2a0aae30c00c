"""Command line: compile the models of the README before they are first fitted."""

import logging
import os
import time
import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed

from data.commands.ending import ending_with_status
from data.commands.helpers import HELPERS
from data.half_life.basis_panel import basis_panel_from_frame
from data.half_life.event_panel import half_life_panel_from_frame
from data.liquidity_regimes.panel import liquidity_panel_from_frame
from data.price_pressure.panel import panel_from_frame
from inference.commands.console import console
from inference.fitting import fit
from inference.half_life.basis_decomposition import prepare_basis_decomposition
from inference.half_life.prepare import prepare_half_life
from inference.liquidity_regimes.prepare import prepare_liquidity_regimes
from inference.price_pressure.prepare import prepare_price_pressure
from inference.settings import SamplerSettings
from models.half_life.basis_simulation import simulate_basis
from models.half_life.simulation import NUM_EVENTS, simulate_half_life_events
from models.half_life.specification import HalfLifeSpecification
from models.liquidity_regimes.simulation import simulate_liquidity_regimes
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from models.price_pressure.persistent_errors_simulation import (
    simulate_persistent_errors,
)
from models.price_pressure.simulation import simulate_price_pressure
from models.price_pressure.variants import PERSISTENT_ERRORS_VARIANTS

SHORT_RUN = SamplerSettings(
    seed=1,
    draws=100,
    tune=100,
    chains=2,
    max_tree_depth=6,
    prior_draws=100,
    predictive_draws=10,
)
"""Long enough for the diagnostics of a fit to be defined; nobody looks at them."""

SEED = 1
"""Of the twins in the Makefile. What is compiled holds some constants of the data."""

EXAMPLE = "Example: python -m inference compile"


def _fit_price_pressure(variant: str) -> None:
    persistent = PERSISTENT_ERRORS_VARIANTS.get(variant)
    if persistent is None:
        frame = simulate_price_pressure(variant, SEED)
    else:
        frame = simulate_persistent_errors(persistent, SEED)
    panel = panel_from_frame(frame, "twin")
    fit(prepare_price_pressure(panel, variant), SHORT_RUN, progressbar=False)


def _fit_liquidity_regimes(covariates: str) -> None:
    panel = liquidity_panel_from_frame(simulate_liquidity_regimes(SEED), "twin")
    specification = LiquidityRegimesSpecification(covariates=covariates)
    prepared = prepare_liquidity_regimes(panel, specification)
    fit(prepared, SHORT_RUN, progressbar=False)


def _fit_basis_decomposition() -> None:
    panel = basis_panel_from_frame(simulate_basis(SEED), "twin")
    fit(prepare_basis_decomposition(panel), SHORT_RUN, progressbar=False)


def _fit_half_life(variant: str) -> None:
    frame = simulate_half_life_events(SEED, NUM_EVENTS)
    panel = half_life_panel_from_frame(frame, "twin")
    prepared = prepare_half_life(panel, HalfLifeSpecification(variant=variant))
    fit(prepared, SHORT_RUN, progressbar=False)


FITS: Mapping[str, tuple[Callable[..., None], tuple[str, ...]]] = {
    "liquidity-regimes IV": (_fit_liquidity_regimes, ("IV",)),
    "basis-decomposition": (_fit_basis_decomposition, ()),
    "price-pressure cash-futures-order-flow": (
        _fit_price_pressure,
        ("cash-futures-order-flow",),
    ),
    "half-life proportional-hazard": (_fit_half_life, ("proportional-hazard",)),
    "price-pressure cash-inventory-persistent-errors": (
        _fit_price_pressure,
        ("cash-inventory-persistent-errors",),
    ),
}
"""Model -> how to fit it briefly; those that take longest come first."""


@ending_with_status()
def compile_models() -> None:
    """Compile what the README's fits need, for the disk cache of this machine.

    Each model is fitted to its simulated twin by a few draws, which go nowhere.
    """
    start = time.perf_counter()
    processes = min(len(FITS), os.cpu_count() or 1)
    console.print(f"Compiling {len(FITS)} models for later fits ...")
    with ProcessPoolExecutor(processes, HELPERS) as pool:
        waiting = {pool.submit(_compile_one, name): name for name in FITS}
        for number, done in enumerate(as_completed(waiting), start=1):
            console.print(
                f"{number} of {len(FITS)}: {waiting[done]}, {done.result():.0f} s"
            )
    console.print(f"Compiled after {time.perf_counter() - start:.0f} s")


def _compile_one(name: str) -> float:
    """Fit one model briefly, and return the seconds that it took."""
    start = time.perf_counter()
    logging.getLogger("pymc").setLevel(logging.ERROR)
    fit_briefly, arguments = FITS[name]
    with warnings.catch_warnings():
        # Diagnostics of a handful of draws have much to say.
        warnings.simplefilter("ignore")
        fit_briefly(*arguments)
    return time.perf_counter() - start
