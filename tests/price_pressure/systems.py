"""Equations (1) to (6) of Mixon & Tuzun (2018) written out, apart from the model."""

from functools import cache

import numpy as np
import pandas as pd

from data.price_pressure.panel import PricePressurePanel, panel_from_frame
from models.price_pressure.model import PricePressurePriors
from models.price_pressure.simulation import (
    PricePressureTruth,
    published_truth,
    simulate_price_pressure,
)
from models.price_pressure.variants import VARIANTS, Variant
from tests.likelihoods.state_spaces import System

NUM_WEEKS = 60
YIELDS = ["yield_2y_bp", "yield_5y_bp", "yield_10y_bp", "yield_20y_bp"]
MARKETS_OF_NET = ("cash", "futures")


@cache
def _twin(variant: str) -> pd.DataFrame:
    return simulate_price_pressure(variant, seed=7, num_weeks=NUM_WEEKS)


def twin_frame(variant: str) -> pd.DataFrame:
    """A short simulated panel of a variant, the same at each call."""
    return _twin(variant).copy()


def twin_panel(variant: str) -> PricePressurePanel:
    return panel_from_frame(twin_frame(variant), "twin.csv")


def truth_point(variant: str) -> dict[str, np.ndarray]:
    """The published estimates as values of the model's free parameters."""
    truth = published_truth(VARIANTS[variant])
    point = {
        "price_pressure": truth.price_pressure,
        "factor_mean_bp": truth.factor_mean_bp,
        "half_life_weeks": np.log(0.5) / np.log(truth.persistence),
        "factor_innovation_sd_bp": truth.factor_innovation_sd_bp,
        "yield_noise_sd_bp": truth.yield_noise_sd_bp,
    }
    if VARIANTS[variant].order_flow_terms:
        point["price_discovery"] = truth.price_discovery
    return point


def loading_of(decay: float) -> np.ndarray:
    """Equation (3): (tenor, factor)."""
    rows = []
    for months in (24.0, 60.0, 120.0, 240.0):
        slope = (1 - np.exp(-decay * months)) / (decay * months)
        rows.append([1.0, slope, slope - np.exp(-decay * months)])
    return np.array(rows)


def pressure_of(
    frame: pd.DataFrame, variant: Variant, truth: PricePressureTruth
) -> np.ndarray:
    """Pi I_t of equation (5): (week, tenor)."""
    pressure = np.zeros((len(frame), 4))
    for m, market in enumerate(variant.inventory_markets):
        held = MARKETS_OF_NET if market == "net" else (market,)
        for i, tenor in enumerate((2, 5, 10, 20)):
            dv01 = sum(frame[f"dv01_{h}_{tenor}y_musd"].to_numpy() for h in held)
            pressure[:, i] += truth.price_pressure[m, i] * dv01
    return pressure


def discovery_of(
    frame: pd.DataFrame, variant: Variant, truth: PricePressureTruth
) -> np.ndarray:
    """Lambda OF_t of equation (4): (week, factor)."""
    discovery = np.zeros((len(frame), 3))
    for effect, term in zip(
        truth.price_discovery, variant.order_flow_terms, strict=True
    ):
        column = f"order_flow_surprise_{term.market}_{term.tenor}y_busd"
        factor = ["level", "slope", "curvature"].index(term.factor)
        discovery[:, factor] += effect * frame[column].to_numpy()
    return discovery


def system_of(frame: pd.DataFrame, variant: Variant, decay: float = 0.0609) -> System:
    """State space of the yields at the published estimates, for the dense likelihood.

    The state is beta - mu.
    """
    truth, priors = published_truth(variant), PricePressurePriors()
    loading = loading_of(decay)
    values = frame[YIELDS].to_numpy()
    return {
        "observation": np.nan_to_num(values),
        "is_observed": np.isfinite(values).astype(float),
        "loading": loading,
        "persistence": truth.persistence,
        "state_variance": truth.factor_innovation_sd_bp**2,
        "observation_variance": truth.yield_noise_sd_bp**2,
        "initial_mean": np.array(priors.factor_mean_bp) - truth.factor_mean_bp,
        "initial_variance": np.full(3, priors.initial_factor_sd_bp**2),
        "state_input": discovery_of(frame, variant, truth),
        "observation_input": loading @ truth.factor_mean_bp
        + pressure_of(frame, variant, truth),
    }
