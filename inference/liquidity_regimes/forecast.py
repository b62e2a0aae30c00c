"""Price impact, states and depth ahead, from a posterior of the liquidity regimes."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from data.arrays import FloatArray
from data.dims import SECURITY, STATE
from data.liquidity_regimes.panel import read_liquidity_panel
from inference.liquidity_regimes.depth_dynamics import estimate_depth_dynamics
from inference.liquidity_regimes.prepare import (
    OBSERVED,
    panel_of_trace,
    priors_of_trace,
    specification_of_trace,
)
from inference.sampling import thin_evenly
from inference.states.hidden_markov import HiddenMarkovDraw, hidden_markov_draws
from inference.states.moving_inputs import simulate_inputs, weighted_autoregressions
from inference.traced.forecast import (
    AHEAD,
    NUM_DRAWS,
    NUM_PATHS,
    SAMPLE,
    Forecast,
    ForecastRequest,
    trading_days_after,
)
from models.likelihoods.hidden_markov.distribution import simulate_given_states
from models.likelihoods.hidden_markov.paths import (
    filter_and_smooth,
    simulate_states,
    transition_matrices,
)
from models.liquidity_regimes.data_variables import PRIOR_SCALES
from models.liquidity_regimes.depth_dynamics import (
    HISTORY_DAYS,
    simulate_market_onwards,
)
from models.liquidity_regimes.inputs import LiquidityRegimesInputs, select_inputs
from models.liquidity_regimes.model import model_from_inputs

HORIZON_DAYS = 20
"""A trading month, where no horizon is asked for and the panel states none."""


class Span(NamedTuple):
    """Numbers of days: with data, stated for the future among those, and ahead."""

    num_known: int
    num_stated: int
    horizon: int


class Paths(NamedTuple):
    """What transitions and price impact depend on, by path.

    Attributes
    ----------
    depth_musd : (sample, path, day) float
        From the last day with data on.
    covariates_bp : (sample, path, day, covariate) float
        From the day after on.
    """

    depth_musd: FloatArray
    covariates_bp: FloatArray


def forecast_liquidity_regimes(
    trace: xr.DataTree, request: ForecastRequest
) -> Forecast:
    """Predict price impact, the probability of each state, and depth.

    Parameters
    ----------
    trace : xr.DataTree
        Of the model.
    request : ForecastRequest
        Days at the end of its panel without any price impact state depth and volatility
        of the future.

    Returns
    -------
    Forecast
        ``price_impact`` (sample, ahead[, security]); ``state_probability`` (sample,
        ahead, state), of each posterior draw, averaged over where depth goes;
        ``depth_musd`` (sample, ahead).

    Raises
    ------
    DataError
        If the panel cannot be used or lacks the security.
    """
    specification = specification_of_trace(trace)
    panel = panel_of_trace(trace)
    if request.panel is not None:
        panel = read_liquidity_panel(request.panel)
    inputs = select_inputs(panel, specification)
    span = span_of(inputs, request)
    num_known, horizon = span.num_known, span.horizon
    model = model_from_inputs(inputs, specification, priors_of_trace(trace))
    # What was sampled is in units of the data of the fit.
    for name in PRIOR_SCALES:
        if name in model.named_vars:
            model.set_data(name, trace["constant_data"][name].to_numpy())
    draws = thin_evenly(trace["posterior"].to_dataset(), NUM_DRAWS)
    rng = np.random.default_rng(request.seed)
    number = draws.sizes["chain"] * draws.sizes["draw"]
    paths = input_paths(inputs, span, number, request, rng)
    found = [
        _simulate(draw, num_known, depth, covariates, rng)
        for draw, depth, covariates in zip(
            hidden_markov_draws(model, OBSERVED, draws), *paths, strict=True
        )
    ]
    impact, probability = (np.concatenate(x) for x in zip(*found, strict=True))
    days = pd.DatetimeIndex(inputs.dataset["day"].to_numpy())
    securities = inputs.dataset[SECURITY].to_numpy()
    dims = (SAMPLE, AHEAD)
    ahead = xr.Dataset(
        {
            OBSERVED: (
                (*dims, SECURITY),
                impact,
                {"long_name": "price impact", "units": "as in the panel"},
            ),
            "state_probability": (
                (*dims, STATE),
                probability,
                {"long_name": "probability", "units": ""},
            ),
            "depth_musd": (
                dims,
                paths.depth_musd[:, :, 1:].reshape(-1, horizon),
                {"long_name": "market depth", "units": "USD million"},
            ),
        },
        coords={
            AHEAD: days_ahead(days, span),
            STATE: specification.state_labels,
            SECURITY: securities,
        },
    )
    past = xr.Dataset(
        {
            OBSERVED: ((AHEAD, SECURITY), inputs.dataset[OBSERVED].to_numpy()),
            "depth_musd": (AHEAD, inputs.depth_musd),
        },
        coords={AHEAD: days, SECURITY: securities},
    ).isel({AHEAD: slice(num_known)})
    if not specification.is_market_wide:
        # A single security is no dimension.
        ahead, past = (x.isel({SECURITY: 0}, drop=True) for x in (ahead, past))
    last = days[num_known - 1]
    return Forecast(ahead, past, tuple(assumptions(last, span, request)))


def span_of(inputs: LiquidityRegimesInputs, request: ForecastRequest) -> Span:
    """Days with data, days that state depth and volatility alone, and days ahead."""
    num_known = int(np.flatnonzero(inputs.is_observed.any(axis=1))[-1]) + 1
    num_stated = len(inputs.depth_musd) - num_known
    horizon = request.horizon or num_stated or HORIZON_DAYS
    return Span(num_known, min(num_stated, horizon), horizon)


def days_ahead(days: pd.DatetimeIndex, span: Span) -> pd.Index:
    """Dates of what is to come: those that are stated, then trading days."""
    stated = days[span.num_known :]
    return stated.append(trading_days_after(days[-1], span.horizon))[: span.horizon]


def input_paths(
    inputs: LiquidityRegimesInputs,
    span: Span,
    number: int,
    request: ForecastRequest,
    rng: np.random.Generator,
) -> Paths:
    """Draw `NUM_PATHS` paths of depth and covariates for each of several draws."""
    num_known, num_stated, horizon = span
    size = num_known + num_stated
    depth, covariates = inputs.depth_musd[:size], inputs.covariates[:size]
    shape, num_left = (number, NUM_PATHS), horizon - num_stated
    if request.inputs == "held" or num_left == 0:
        later_depth = np.full((*shape, num_left), depth[-1])
        held = np.where(np.arange(covariates.shape[1]) == 0, covariates[-1], 0.0)
        later = np.broadcast_to(held, (*shape, num_left, len(held)))
    else:
        later_depth, later = _moving(depth, covariates, num_left, number, rng)
    first = num_known - 1
    stated_depth = np.broadcast_to(depth[first:], (*shape, num_stated + 1))
    stated = covariates[num_known:]
    return Paths(
        np.concatenate([stated_depth, later_depth], axis=2),
        np.concatenate([np.broadcast_to(stated, (*shape, *stated.shape)), later], 2),
    )


def _moving(
    depth: FloatArray,
    covariates: FloatArray,
    num_days: int,
    number: int,
    rng: np.random.Generator,
) -> tuple[FloatArray, FloatArray]:
    """Depth, volatility and the surprises in it, by shocks of the same days."""
    volatility, surprises = covariates[:, 0], covariates[:, 1:]
    dynamics = estimate_depth_dynamics(depth, volatility, number, rng)
    shape = HISTORY_DAYS, number, NUM_PATHS
    log_depth, log_volatility = (
        np.broadcast_to(np.log(series[-HISTORY_DAYS:])[:, None, None], shape)
        for series in (depth, volatility)
    )
    market = simulate_market_onwards(dynamics, log_depth, log_volatility, num_days, rng)
    of_surprises = weighted_autoregressions(
        surprises[HISTORY_DAYS - 1 : -1],
        surprises[HISTORY_DAYS:],
        dynamics.shock_probability,
    )
    moved = simulate_inputs(of_surprises, surprises[-1], market.day)
    later = np.moveaxis(market.volatility, 0, 2)[..., None]
    return np.moveaxis(market.depth, 0, 2), np.concatenate([later, moved], axis=3)


def _simulate(
    draw: HiddenMarkovDraw,
    num_known: int,
    depth_musd: FloatArray,
    covariates_bp: FloatArray,
    rng: np.random.Generator,
) -> tuple[FloatArray, FloatArray]:
    """Price impact (path, day, security), and probabilities (path, day, state).

    Parameters
    ----------
    draw : HiddenMarkovDraw
    num_known : int
        Days with data.
    depth_musd : (path, day + 1) float
    covariates_bp : (path, day, covariate) float
    """
    known = filter_and_smooth(
        draw.log_emission[:num_known], draw.initial, draw.transition[: num_known - 1]
    )
    num_paths, num_days = covariates_bp.shape[:2]
    move = transition_matrices(
        draw.transition_intercept, draw.transition_slope, depth_musd[:, :-1]
    )
    last = known.filtered[-1]
    probability = np.empty((num_paths, num_days, len(last)))
    before = np.broadcast_to(last, (num_paths, len(last)))
    for day in range(num_days):
        before = np.einsum("pi,pij->pj", before, move[:, day])
        probability[:, day] = before
    # Paths begin on the last day with data.
    paths = [simulate_states(last, of_path, num_days + 1, rng) for of_path in move]
    impact = simulate_given_states(
        np.stack(paths)[:, 1:],
        covariates_bp,
        draw.slope,
        draw.noise_sd,
        draw.degrees_of_freedom,
        rng,
    )
    return impact, np.broadcast_to(probability.mean(axis=0), probability.shape)


def assumptions(
    last: pd.Timestamp, span: Span, request: ForecastRequest
) -> Iterator[str]:
    """Say from where, and what becomes of depth and volatility."""
    yield f"From {last:%Y-%m-%d}, the last day with a price impact in {request.source}."
    if span.num_stated:
        yield (
            f"Depth and volatility of {span.num_stated} more days are those of "
            f"{request.source}."
        )
    if request.inputs == "moving":
        yield (
            "Depth and volatility then move as they did: depth by an autoregression "
            "that answers to volatility, surprises in volatility by their own."
        )
    else:
        yield (
            "Depth and volatility then stay where they are, without surprises: bands "
            "leave out what they will do."
        )
