"""A simulated twin of the Treasury market's liquidity at the published estimates.

Volatilities and depth are stand-ins of realistic size and persistence; states and
price impact are drawn from equations (2) to (4) of Meldrum & Sokolinskiy (2025) at
Table 3 or 2. A second writing of the equations in numpy, apart from the model, so that
the two can be tested against each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from data.arrays import FloatArray, IntArray
from data.dims import DATE_COLUMN
from data.liquidity_regimes.columns import (
    COVARIATE_COLUMNS,
    DEPTH_COLUMN,
    PRICE_IMPACT_COLUMN,
    SECURITY_COLUMN,
    STATE_COLUMN,
    VOLATILITY_COLUMN,
)
from data.market.trading_days import trading_days_from
from models.liquidity_regimes.market import simulate_depth, simulate_volatilities
from models.liquidity_regimes.parameters import (
    LiquidityRegimesParameters,
    published_parameters,
)

FIRST_DAY = "2014-04-01"
NUM_DAYS = 2_440
"""Length of the paper's sample."""

OWN_DEPTH_SD = 0.05
"""Standard deviation of the logarithm of a security's depth around the market's."""


@dataclass(frozen=True)
class SecurityScale:
    """How a security differs from the 10-year note, which the paper estimates.

    Attributes
    ----------
    price_impact : float
        Its slopes and noise, over those of the 10-year note.
    depth : float
        Its depth, over the average of the market's securities.
    """

    price_impact: float
    depth: float


ONE_SECURITY = {"10y": SecurityScale(1.0, 1.0)}

SECURITIES = {
    "2y": SecurityScale(0.3, 1.9),
    "5y": SecurityScale(0.6, 1.0),
    "10y": SecurityScale(1.0, 0.85),
    "30y": SecurityScale(2.3, 0.25),
}
"""Not published; the order of magnitude of the securities' duration and depth."""


def simulate_liquidity_regimes(
    seed: int,
    num_days: int = NUM_DAYS,
    model: LiquidityRegimesParameters | str = "IV",
    securities: Mapping[str, SecurityScale] = ONE_SECURITY,
    states: Literal["common", "independent"] = "common",
    missing_share: float = 0.0,
) -> pd.DataFrame:
    """Simulate a panel of price impact, depth and volatility.

    Parameters
    ----------
    seed : int
        Of the random numbers.
    num_days : int
        Length of the panel.
    model : LiquidityRegimesParameters or str
        Parameters of the 10-year note, or a model of Table 3, ``I`` to ``IV``.
    securities : mapping of label to SecurityScale
        What the panel holds.
    states : {"common", "independent"}
        One liquidity state of the market, driven by the securities' average depth, or
        one of each security, driven by its own depth.
    missing_share : float
        Share of price impacts that are missing, chosen at random.

    Returns
    -------
    DataFrame
        Layout of a panel file, every column of it, ready to fit. Column
        ``simulated_state`` holds the state behind each row, 1 the least liquid.
    """
    rng = np.random.default_rng(seed)
    market = simulate_volatilities(num_days, rng)
    market.insert(0, DATE_COLUMN, trading_days_from(FIRST_DAY, num_days))
    frame = simulate_liquidity_given(market, rng, model, securities, states)
    missing = rng.random(len(frame)) < missing_share
    impact = frame[PRICE_IMPACT_COLUMN].mask(missing)
    return frame.assign(**{PRICE_IMPACT_COLUMN: impact})


def simulate_liquidity_given(
    market: pd.DataFrame,
    rng: np.random.Generator,
    model: LiquidityRegimesParameters | str = "IV",
    securities: Mapping[str, SecurityScale] = ONE_SECURITY,
    states: Literal["common", "independent"] = "common",
) -> pd.DataFrame:
    """Simulate depth, states and price impact on volatilities that are given.

    With real volatilities the covariates are real, and the truth is known all the same.

    Parameters
    ----------
    market : DataFrame
        One row a trading day: ``date`` and the covariates that the model uses, named
        as in a panel file.
    rng : Generator
        Random numbers.
    model, securities, states
        As in `simulate_liquidity_regimes`.

    Returns
    -------
    DataFrame
        ``market`` for each security, with depth, price impact and simulated state.
    """
    parameters = published_parameters(model) if isinstance(model, str) else model
    columns = [COVARIATE_COLUMNS[label] for label in parameters.covariates]
    covariates = market[columns].to_numpy(dtype=np.float64)
    volatility = market[VOLATILITY_COLUMN].to_numpy(dtype=np.float64)
    depths = _simulate_depths(volatility, securities, rng)
    common_path = draw_states(np.mean(list(depths.values()), axis=0), parameters, rng)
    parts = []
    for label, scale in securities.items():
        own = scaled_parameters(parameters, scale)
        path = (
            common_path if states == "common" else draw_states(depths[label], own, rng)
        )
        impact = draw_price_impact(covariates, path, own, rng)
        part = market.copy()
        part.insert(1, SECURITY_COLUMN, label)
        part.insert(2, PRICE_IMPACT_COLUMN, impact)
        part.insert(3, DEPTH_COLUMN, depths[label])
        part[STATE_COLUMN] = path + 1
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def draw_states(
    depth_musd: FloatArray,
    parameters: LiquidityRegimesParameters,
    rng: np.random.Generator,
) -> IntArray:
    """Draw a path of the Markov chain: the depth of a day moves it to the next.

    Parameters
    ----------
    depth_musd : (day,) float
        USD million.
    parameters : LiquidityRegimesParameters
        Initial probabilities and equation (4).
    rng : Generator
        Random numbers.

    Returns
    -------
    (day,) int
        0 the least liquid, to K - 1.
    """
    num_days, last_state = len(depth_musd), parameters.num_states - 1
    bounds = parameters.transition_probability(depth_musd[:-1]).cumsum(axis=2)
    initial = parameters.initial_probability.cumsum()
    draws = rng.random(num_days)
    path = np.empty(num_days, dtype=np.int64)
    # A sum of probabilities may fall short of one by rounding.
    path[0] = min(np.searchsorted(initial, draws[0], side="right"), last_state)
    for t in range(1, num_days):
        row = bounds[t - 1, path[t - 1]]
        path[t] = min(np.searchsorted(row, draws[t], side="right"), last_state)
    return path


def draw_price_impact(
    covariates: FloatArray,
    path: IntArray,
    parameters: LiquidityRegimesParameters,
    rng: np.random.Generator,
) -> FloatArray:
    """Draw price impact given the states: equation (2).

    Parameters
    ----------
    covariates : (day, covariate) float
        Basis points, in the order of ``parameters.covariates``.
    path : (day,) int
        States, 0 the least liquid.
    parameters : LiquidityRegimesParameters
        Slopes and noise.
    rng : Generator
        Random numbers.

    Returns
    -------
    (day,) float
    """
    if parameters.degrees_of_freedom is None:
        noise = rng.standard_normal(len(path))
    else:
        noise = rng.standard_t(parameters.degrees_of_freedom, len(path))
    mean = (covariates * parameters.price_impact_slope[path]).sum(axis=1)
    return mean + parameters.noise_sd[path] * noise


def scaled_parameters(
    parameters: LiquidityRegimesParameters, scale: SecurityScale
) -> LiquidityRegimesParameters:
    """Express the same behaviour in another security's units of impact and depth."""
    return replace(
        parameters,
        price_impact_slope=parameters.price_impact_slope * scale.price_impact,
        noise_sd=parameters.noise_sd * scale.price_impact,
        transition_depth_slope=parameters.transition_depth_slope / scale.depth,
    )


def _simulate_depths(
    volatility_bp: FloatArray,
    securities: Mapping[str, SecurityScale],
    rng: np.random.Generator,
) -> dict[str, FloatArray]:
    """The market's depth times each security's share, with a little of its own."""
    market = simulate_depth(volatility_bp, rng)
    return {
        label: market * scale.depth * np.exp(rng.normal(0, OWN_DEPTH_SD, len(market)))
        for label, scale in securities.items()
    }
