"""Full-length fits of the variants that the paper does not have, beside their truth."""

import time
from dataclasses import dataclass, field

import pandas as pd
import xarray as xr

from data.dims import COVARIATE, SECURITY, STATE
from data.liquidity_regimes.panel import LiquidityPanel, liquidity_panel_from_frame
from inference.fitting import fit
from inference.liquidity_regimes.prepare import prepare_liquidity_regimes
from inference.sampling.optimum import DATA_DRIVEN
from inference.settings import SamplerSettings
from models.liquidity_regimes.command import STUDENT_T_DEGREES_OF_FREEDOM
from models.liquidity_regimes.parameters import (
    LiquidityRegimesParameters,
    published_parameters,
    spread_parameters,
)
from models.liquidity_regimes.simulation import (
    ONE_SECURITY,
    SECURITIES,
    SecurityScale,
    simulate_liquidity_regimes,
)
from models.liquidity_regimes.specification import (
    MARKET_WIDE,
    LiquidityRegimesSpecification,
)
from studies.liquidity_regimes.ranking import diagnostic_columns
from studies.liquidity_regimes.recovery import truth_dataset
from studies.replications import compare_with_truth


@dataclass(frozen=True)
class SimulatedVariant:
    """A specification and what its panel is simulated from.

    Parameters
    ----------
    specification : LiquidityRegimesSpecification
        What is fitted.
    parameters : LiquidityRegimesParameters
        True ones of the 10-year note.
    securities : mapping of label to SecurityScale
        What the panel holds.
    """

    specification: LiquidityRegimesSpecification
    parameters: LiquidityRegimesParameters
    securities: dict[str, SecurityScale] = field(
        default_factory=lambda: dict(ONE_SECURITY)
    )


def _simulated_variants() -> dict[str, SimulatedVariant]:
    published = published_parameters()
    heavy_tailed = published_parameters(degrees_of_freedom=STUDENT_T_DEGREES_OF_FREEDOM)
    variants = [
        SimulatedVariant(
            LiquidityRegimesSpecification(num_states=number),
            spread_parameters(number, "IV"),
        )
        for number in (2, 4, 5)
    ]
    variants += [
        SimulatedVariant(
            LiquidityRegimesSpecification(noise="student-t"), heavy_tailed
        ),
        SimulatedVariant(
            LiquidityRegimesSpecification(initial="stationary"), published
        ),
        SimulatedVariant(
            LiquidityRegimesSpecification(security=MARKET_WIDE), published, SECURITIES
        ),
    ]
    return {variant.specification.name: variant for variant in variants}


VARIANTS = _simulated_variants()
"""Simulated at Table 3, Model IV; two, four and five states at parameters spread
between its states 1 and 3."""


def fit_variant(
    variant: SimulatedVariant, settings: SamplerSettings, num_days: int
) -> tuple[dict[str, object], pd.DataFrame]:
    """Simulate a panel of a variant and fit it.

    Parameters
    ----------
    variant : SimulatedVariant
        One of `VARIANTS`.
    settings : SamplerSettings
        Of the fit; the seed is also that of the simulation.
    num_days : int
        Length of the panel.

    Returns
    -------
    row : dict
        ``variant``, ``seed``, ``days``, ``securities``, the columns of
        `studies.liquidity_regimes.ranking.diagnostic_columns`, ``intervals`` of 95%
        and those ``covered``, ``data_driven_short_of_mode`` (see `short_of_mode`),
        ``processor_s`` of the fit, compilation included.
    elements : DataFrame
        ``variant`` and the columns of `studies.replications.compare_with_truth`.
    """
    specification = variant.specification
    panel = simulated_panel_of(variant, settings.seed, num_days)
    start = time.process_time()
    prepared = prepare_liquidity_regimes(panel, specification)
    trace = fit(prepared, settings, progressbar=False)
    seconds = time.process_time() - start
    elements = compare_with_truth(
        trace["posterior"].to_dataset(), truth_of_variant(variant)
    )
    row = {
        "variant": specification.name,
        "seed": settings.seed,
        "days": num_days,
        "securities": len(variant.securities),
        **diagnostic_columns(trace),
        "intervals": len(elements),
        "covered": int(elements["is_covered"].sum()),
        "data_driven_short_of_mode": short_of_mode(trace["starts"].to_dataset()),
        "processor_s": seconds,
    }
    elements.insert(0, "variant", specification.name)
    return row, elements


def short_of_mode(starts: xr.Dataset) -> float:
    """By how much the best data-driven search ended below the highest mode, nats."""
    density = starts["log_density"]
    data_driven = density.where(starts["kind"] == DATA_DRIVEN)
    return float(density.max() - data_driven.max())


def simulated_panel_of(
    variant: SimulatedVariant, seed: int, num_days: int
) -> LiquidityPanel:
    """Panel of a variant at its true parameters."""
    frame = simulate_liquidity_regimes(
        seed, num_days, variant.parameters, variant.securities
    )
    return liquidity_panel_from_frame(
        frame, f"simulated twin of {variant.specification.name}, seed {seed}"
    )


def truth_of_variant(variant: SimulatedVariant) -> xr.Dataset:
    """True parameters with the coordinates of the model's variables."""
    parameters = variant.parameters
    truth = truth_dataset(variant.specification, parameters)
    if variant.specification.is_market_wide:
        scale = xr.DataArray(
            [one.price_impact for one in variant.securities.values()],
            coords={SECURITY: list(variant.securities)},
        )
        scaled = truth[["price_impact_slope", "noise_sd"]] * scale
        truth = truth.assign(scaled.transpose(STATE, SECURITY, COVARIATE))
    if parameters.degrees_of_freedom is not None:
        truth["degrees_of_freedom"] = parameters.degrees_of_freedom
    return truth
