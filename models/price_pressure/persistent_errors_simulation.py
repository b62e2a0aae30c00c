"""Yields simulated with persistent errors and score-driven volatility.

A second writing of the equations of `models.price_pressure.persistent_errors` in numpy,
date by date and without rotation, apart from the model and its compiled likelihood.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.arrays import FloatArray
from data.dims import DATE_COLUMN
from data.market.tenors import MONTHS_PER_YEAR, TENOR_YEARS
from data.price_pressure.columns import (
    FACTORS,
    dv01_column,
    order_flow_surprise_column,
    yield_column,
)
from data.price_pressure.frequency import WEEKLY, Frequency
from models.price_pressure.nelson_siegel import nelson_siegel_loadings
from models.price_pressure.simulation import NUM_WEEKS, simulate_positions
from models.price_pressure.variants import PersistentErrorsVariant


@dataclass(frozen=True, kw_only=True)
class PersistentErrorsTruth:
    """True parameters, in the units of the model's variables of the same names.

    The defaults are of the size that the public panel of 2001 to 2018 has under the
    model: a twin as noisy as the market.

    Parameters
    ----------
    price_pressure : (inventory_market, tenor) float
        Basis points per USD million; none by default.
    price_discovery : (order_flow_term,) float
        Basis points per USD billion; none by default.
    factor_innovation_correlation : (3,) float
        Level with slope, level with curvature, slope with curvature.
    covariance_reaction : float
        Share of the covariance's persistence.
    """

    price_pressure: tuple[tuple[float, ...], ...] = ()
    price_discovery: tuple[float, ...] = ()
    decay_per_month: float = 0.033
    factor_half_life_weeks: float = 960.0
    factor_mean_bp: tuple[float, ...] = (395.0, -65.0, -355.0)
    factor_innovation_sd_bp: tuple[float, ...] = (15.5, 19.4, 37.9)
    factor_innovation_correlation: tuple[float, ...] = (-0.81, -0.03, -0.31)
    error_half_life_weeks: tuple[float, ...] = (12.0, 26.0, 30.0, 10.0)
    error_innovation_sd_bp: tuple[float, ...] = (0.7, 1.3, 1.4, 1.7)
    yield_noise_sd_bp: tuple[float, ...] = (0.5, 0.25, 0.25, 0.4)
    intercept_bp: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
    covariance_half_life_weeks: float = 250.0
    covariance_reaction: float = 0.067
    scale_half_life_weeks: float = 13.0
    scale_reaction: float = 0.13
    degrees_of_freedom: float = 7.7


TWIN_PRICE_PRESSURE = (0.15, 0.10, 0.05, 0.05)
"""Basis points per USD million by tenor, of every market: twice what the public panel
says, so that a study can see it found."""

TWIN_PRICE_DISCOVERY = 0.1
"""Basis points per USD billion of every order flow."""


def twin_truth(variant: PersistentErrorsVariant) -> PersistentErrorsTruth:
    """Parameters of a variant's simulated twin: the market's, with some pressure."""
    return PersistentErrorsTruth(
        price_pressure=(TWIN_PRICE_PRESSURE,) * len(variant.inventory_markets),
        price_discovery=(TWIN_PRICE_DISCOVERY,) * len(variant.order_flow_terms),
    )


class ScoreDrivenShocks:
    """Standardised innovations whose covariance and scale react to their past.

    Equations of `models.likelihoods.score_driven`.
    """

    def __init__(
        self, truth: PersistentErrorsTruth, size: int, steps_per_week: float = 1.0
    ) -> None:
        memory = steps_per_week * truth.covariance_half_life_weeks
        scale_memory = steps_per_week * truth.scale_half_life_weeks
        self.persistence = 2 ** (-1 / memory)
        self.reaction = truth.covariance_reaction * self.persistence
        self.scale_persistence = 2 ** (-1 / scale_memory)
        self.scale_reaction = truth.scale_reaction
        self.freedom = truth.degrees_of_freedom
        self.covariance, self.log_scale = np.eye(size), 0.0

    def draw(self, rng: np.random.Generator) -> FloatArray:
        """Draw the next innovations, (N,), and move on."""
        size = len(self.covariance)
        normal = np.linalg.cholesky(self.covariance) @ rng.standard_normal(size)
        scaled = normal * np.sqrt(self.freedom / rng.chisquare(self.freedom))
        drawn: FloatArray = np.exp(self.log_scale) * scaled
        distance = scaled @ np.linalg.solve(self.covariance, scaled)
        weight = (self.freedom + size) / (self.freedom + distance)
        p, a = self.persistence, self.reaction
        self.covariance = (
            (1 - p) * np.eye(size)
            + (p - a) * self.covariance
            + a * weight * np.outer(scaled, scaled)
        )
        self.log_scale *= self.scale_persistence
        self.log_scale += self.scale_reaction * (weight * distance / size - 1)
        return drawn


def simulate_yields(
    positions: pd.DataFrame,
    variant: PersistentErrorsVariant,
    truth: PersistentErrorsTruth,
    rng: np.random.Generator,
    tenors: Sequence[int] = TENOR_YEARS,
    frequency: Frequency = WEEKLY,
) -> pd.DataFrame:
    """Draw yields given dealer positions.

    Parameters
    ----------
    positions : DataFrame
        One row a date with the DV01 and order-flow surprises that the variant needs, in
        the columns of a panel file.
    variant : PersistentErrorsVariant
        With Nelson-Siegel factors and inventory of the week itself.
    truth : PersistentErrorsTruth
        Of as many tenors.
    rng : numpy.random.Generator
    tenors : sequence of int
        Years.
    frequency : Frequency
        Of the rows; innovations are of such a step.

    Returns
    -------
    (date, tenor) DataFrame
        Basis points; columns as in a panel file, the index of `positions`.
    """
    pressure = _pressure_bp(positions, variant, truth, tenors)
    discovery = _discovery_bp(positions, variant, truth)
    months = MONTHS_PER_YEAR * np.asarray(tenors)
    gamma = nelson_siegel_loadings(truth.decay_per_month, months)
    loading = np.hstack([gamma, np.eye(len(tenors))])
    week = frequency.steps_per_week
    theta = 2 ** (-1 / (week * truth.factor_half_life_weeks))
    rho = 2 ** (-1 / (week * np.asarray(truth.error_half_life_weeks)))
    phi = np.concatenate([np.full(len(FACTORS), theta), rho])
    innovation = _innovation_covariance(truth)
    errors = slice(len(FACTORS), None)
    mean = np.concatenate([truth.factor_mean_bp, np.zeros(len(rho))])
    noise_variance = np.diag(np.square(truth.yield_noise_sd_bp))
    state, covariance = mean.copy(), np.zeros_like(innovation)
    covariance[errors, errors] = innovation[errors, errors] / (1 - np.outer(rho, rho))
    shocks = ScoreDrivenShocks(truth, len(tenors), week)
    rows = []
    for t in range(len(positions)):
        if t:
            pull = (1 - theta) * mean
            pull[: len(FACTORS)] += discovery[t]
            state = phi * state + pull
            covariance = np.outer(phi, phi) * covariance + innovation
        variance = loading @ covariance @ loading.T + noise_variance
        surprise = np.linalg.cholesky(variance) @ _shock(variant, shocks, rng)
        rows.append(
            loading @ state + np.asarray(truth.intercept_bp) + pressure[t] + surprise
        )
        gain = np.linalg.solve(variance, loading @ covariance).T
        state = state + gain @ surprise
        covariance = covariance - gain @ loading @ covariance
    columns = [yield_column(tenor) for tenor in tenors]
    return pd.DataFrame(rows, index=positions.index, columns=columns)


def simulate_persistent_errors(
    variant: PersistentErrorsVariant, seed: int, num_weeks: int = NUM_WEEKS
) -> pd.DataFrame:
    """Simulate a panel, dealer positions included, at `twin_truth`.

    Returns
    -------
    DataFrame
        Layout of a panel file, every column of it.
    """
    rng = np.random.default_rng(seed)
    positions = simulate_positions(num_weeks, rng)
    yields = simulate_yields(positions, variant, twin_truth(variant), rng)
    panel = pd.concat([yields, positions], axis=1)
    return panel.rename_axis(DATE_COLUMN).reset_index()


def _shock(
    variant: PersistentErrorsVariant,
    shocks: ScoreDrivenShocks,
    rng: np.random.Generator,
) -> FloatArray:
    if variant.volatility == "score-driven":
        return shocks.draw(rng)
    return rng.standard_normal(len(shocks.covariance))


def _pressure_bp(
    positions: pd.DataFrame,
    variant: PersistentErrorsVariant,
    truth: PersistentErrorsTruth,
    tenors: Sequence[int],
) -> FloatArray:
    """Pi I_t, (date, tenor)."""
    moved = np.zeros((len(positions), len(tenors)))
    if not truth.price_pressure:
        return moved
    for market, effect in zip(
        variant.inventory_markets, truth.price_pressure, strict=True
    ):
        held = ("cash", "futures") if market == "net" else (market,)
        for name in held:
            columns = [dv01_column(name, tenor) for tenor in tenors]
            moved += positions[columns].to_numpy() * np.asarray(effect)
    return moved


def _discovery_bp(
    positions: pd.DataFrame,
    variant: PersistentErrorsVariant,
    truth: PersistentErrorsTruth,
) -> FloatArray:
    """Lambda OF_t, (week, factor)."""
    moved = np.zeros((len(positions), len(FACTORS)))
    if not truth.price_discovery:
        return moved
    for term, effect in zip(
        variant.order_flow_terms, truth.price_discovery, strict=True
    ):
        flow = positions[order_flow_surprise_column(term.market, term.tenor)]
        moved[:, FACTORS.index(term.factor)] += effect * flow.to_numpy()
    return moved


def _innovation_covariance(truth: PersistentErrorsTruth) -> FloatArray:
    """Of factors and errors, (7, 7)."""
    size = len(FACTORS)
    correlation = np.eye(size)
    rows, columns = np.triu_indices(size, 1)
    correlation[rows, columns] = truth.factor_innovation_correlation
    correlation[columns, rows] = truth.factor_innovation_correlation
    sd = truth.factor_innovation_sd_bp
    covariance = np.diag(np.square([*sd, *truth.error_innovation_sd_bp]))
    covariance[:size, :size] = correlation * np.outer(sd, sd)
    return covariance
