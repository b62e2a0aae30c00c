"""Yields ahead, from a posterior of the price-pressure model."""

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from data.arrays import FloatArray
from data.dims import TENOR
from data.errors import DataError
from data.price_pressure.frequency import DAILY, MONTHLY, Frequency
from data.price_pressure.panel import PricePressurePanel, read_price_pressure_panel
from inference.price_pressure.prepare import (
    OBSERVED,
    is_score_driven,
    panel_of_trace,
    priors_of_trace,
)
from inference.sampling import thin_evenly
from inference.states.kalman import state_spaces
from inference.states.moving_inputs import estimate_input_dynamics, simulate_inputs
from inference.states.onwards import (
    Onwards,
    Volatility,
    driven_innovations,
    onwards,
    onwards_score_driven,
    simulate_onwards,
)
from inference.states.score_driven import ScoreDrivenSystem, score_driven_systems
from inference.traced.forecast import (
    AHEAD,
    NUM_DRAWS,
    NUM_PATHS,
    SAMPLE,
    Forecast,
    ForecastRequest,
    trading_days_after,
)
from models.bootstrap import draw_dates
from models.price_pressure.inputs import FORM, PricePressureInputs, select_inputs
from models.price_pressure.model import price_pressure_model
from models.price_pressure.variants import EVERY_VARIANT, Variant, of_tenors

HORIZON = 8
"""Dates ahead where none are asked for and the panel states none."""


class Known(NamedTuple):
    """Data of a forecast.

    Attributes
    ----------
    inputs : PricePressureInputs
        The dates with data, then those whose inputs alone are stated.
    num_known : int
        Dates with data: up to the last with any yield.
    series : (date, input) float
        Inventories by market and tenor, then order-flow surprises of `_flows`.
    is_level : (input,) bool
        Whether an input that is held keeps its value: inventories do, and what comes as
        a surprise is none any more.
    """

    inputs: PricePressureInputs
    num_known: int
    series: FloatArray
    is_level: np.ndarray

    @property
    def dates(self) -> pd.DatetimeIndex:
        """All of them."""
        return pd.DatetimeIndex(
            self.inputs.dataset[self.inputs.frequency.dim].to_numpy()
        )


class Start(NamedTuple):
    """Where one draw stands before the dates ahead, and what moves it.

    Attributes
    ----------
    onwards : Onwards
    volatility : Volatility, optional
        Where that moves.
    state_input, observation_input : (K,), (N,) float
        Without inputs.
    on_state, on_observation : (input, K), (input, N) float
        Of one unit of each input.
    """

    onwards: Onwards
    volatility: Volatility | None
    state_input: FloatArray
    observation_input: FloatArray
    on_state: FloatArray
    on_observation: FloatArray


def forecast_price_pressure(trace: xr.DataTree, request: ForecastRequest) -> Forecast:
    """Predict yields, with the uncertainty of parameters, states, inputs and shocks.

    Parameters
    ----------
    trace : xr.DataTree
        Of the model.
    request : ForecastRequest
        Its panel is one of the same tenors and frequency; rows at its end without any
        yield state inputs of the future.

    Returns
    -------
    Forecast
        ``yield_bp`` (sample, ahead, tenor).

    Raises
    ------
    DataError
        If the panel cannot be used, or is of other tenors or of another frequency.
    """
    variant = EVERY_VARIANT[trace.attrs["variant"]]
    variant = of_tenors(variant, _tenors(panel_of_trace(trace)))
    known = _known(trace, request, variant)
    stated = known.series[known.num_known :]
    horizon = request.horizon or len(stated) or HORIZON
    stated = stated[:horizon]
    draws = thin_evenly(trace["posterior"].to_dataset(), NUM_DRAWS)
    rng = np.random.default_rng(request.seed)
    number = draws.sizes["chain"] * draws.sizes["draw"]
    paths = _input_paths(known, stated, horizon, number, request, rng)
    simulated = [
        _simulate(start, path, rng)
        for start, path in zip(
            _starts(trace, known, variant, draws, horizon), paths, strict=True
        )
    ]
    step = known.inputs.frequency.dim
    yields = xr.DataArray(
        np.concatenate(simulated),
        dims=(SAMPLE, AHEAD, TENOR),
        coords={
            AHEAD: _dates_ahead(known, horizon),
            TENOR: list(known.inputs.tenors),
        },
        attrs={"long_name": "yield", "units": "basis points"},
    )
    past = known.inputs.dataset[OBSERVED].isel({step: slice(known.num_known)})
    return Forecast(
        xr.Dataset({OBSERVED: yields}),
        xr.Dataset({OBSERVED: past.rename({step: AHEAD})}),
        tuple(_assumptions(known, stated, request)),
    )


def _tenors(panel: PricePressurePanel) -> list[int]:
    return panel.dataset[TENOR].to_numpy().tolist()


def _panel(trace: xr.DataTree, request: ForecastRequest) -> PricePressurePanel:
    """What to predict onwards from."""
    fitted = panel_of_trace(trace)
    if request.panel is None:
        return fitted
    panel = read_price_pressure_panel(request.panel)
    tenors, expected = _tenors(panel), _tenors(fitted)
    if tenors != expected or panel.frequency != fitted.frequency:
        raise DataError(
            f"{request.panel}: a row is a {panel.frequency.unit} and tenors are "
            f"{tenors}; the fit is of a {fitted.frequency.unit} and {expected}",
            "Give a panel of the same frequency and tenors.",
        )
    return panel


def _known(trace: xr.DataTree, request: ForecastRequest, variant: Variant) -> Known:
    inputs = select_inputs(_panel(trace, request), variant)
    inventory = inputs.inventory_dv01_musd.transpose(1, 0, 2)
    inventory = inventory.reshape(len(inputs.yield_bp), -1)
    first = [terms[0] for terms in _flows(variant).values()]
    flow = inputs.order_flow_surprise_busd[:, first]
    form = inputs.dataset.attrs.get(FORM, "level")
    return Known(
        inputs,
        int(np.flatnonzero(inputs.is_quoted.any(axis=1))[-1]) + 1,
        np.hstack([inventory, flow]),
        np.repeat([form != "surprise", False], [inventory.shape[1], flow.shape[1]]),
    )


def _dates_ahead(known: Known, number: int) -> pd.DatetimeIndex:
    """Dates that follow the data: those that the panel has, then those to expect."""
    stated = known.dates[known.num_known :][:number]
    later = _expected(known.dates, known.inputs.frequency, number)
    return pd.DatetimeIndex([*stated, *later])[:number]


def _expected(
    dates: pd.DatetimeIndex, frequency: Frequency, number: int
) -> pd.DatetimeIndex:
    last = dates[-1]
    if frequency is DAILY:
        return trading_days_after(last, number)
    if frequency is MONTHLY:
        end = pd.offsets.MonthEnd()
        month = end if last.is_month_end else pd.DateOffset(months=1)
        return pd.DatetimeIndex([last + k * month for k in range(1, number + 1)])
    return pd.date_range(last, periods=number + 1, freq="7D")[1:]


def _input_paths(
    known: Known,
    stated: FloatArray,
    horizon: int,
    number: int,
    request: ForecastRequest,
    rng: np.random.Generator,
) -> FloatArray:
    """Paths of the inputs, (sample, path, date, input)."""
    before = known.series[: known.num_known + len(stated)]
    num_left = horizon - len(stated)
    shape = (number, NUM_PATHS)
    if request.inputs == "held" or not before.shape[1]:
        held = np.where(known.is_level, before[-1], 0.0)
        later = np.broadcast_to(held, (*shape, num_left, len(held)))
    else:
        dynamics = estimate_input_dynamics(before, number, rng)
        dates = draw_dates(dynamics.shock_probability, (num_left, NUM_PATHS), rng)
        later = simulate_inputs(dynamics, before[-1], dates)
    first = np.broadcast_to(stated, (*shape, *stated.shape))
    return np.concatenate([first, later], axis=2)


def _simulate(start: Start, path: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Yields of one draw, (path, date, tenor)."""
    shape = (*path.shape[:2], len(start.observation_input))
    innovation = (
        driven_innovations(start.volatility, shape, rng)
        if start.volatility
        else rng.standard_normal(shape)
    )
    return simulate_onwards(
        start.onwards,
        innovation,
        start.state_input + path @ start.on_state,
        start.observation_input + path @ start.on_observation,
    )


def _starts(
    trace: xr.DataTree,
    known: Known,
    variant: Variant,
    draws: xr.Dataset,
    horizon: int,
) -> Iterator[Start]:
    """Filter the data at every draw.

    Behind the dates ahead, which have no inputs, stands one more for every input, which
    has a unit of that one alone: the model itself says what the input does.
    """
    panel = _lengthened(trace, known, horizon, variant)
    model = price_pressure_model(panel, variant, priors_of_trace(trace))
    none, first_unit = known.num_known, known.num_known + horizon
    is_driven = is_score_driven(variant)
    of_model = score_driven_systems if is_driven else state_spaces
    for found in of_model(model, OBSERVED, draws):
        volatility = None
        if isinstance(found, ScoreDrivenSystem):
            system = found.state_space
            start, volatility = onwards_score_driven(found, none)
        else:
            system = found
            start = onwards(found, none)
        on_state, on_yields = system.state_input, system.observation_input
        yield Start(
            start,
            volatility,
            on_state[none],
            on_yields[none],
            on_state[first_unit:] - on_state[none],
            on_yields[first_unit:] - on_yields[none],
        )


def _lengthened(
    trace: xr.DataTree, known: Known, horizon: int, variant: Variant
) -> PricePressurePanel:
    """The data, dates ahead without inputs, and a date for a unit of every input."""
    step = known.inputs.frequency.dim
    data = known.inputs.dataset.isel({step: slice(known.num_known)})
    number = horizon + known.series.shape[1]
    later = xr.zeros_like(data.isel({step: np.zeros(number, dtype=int)}))
    dates = known.dates[: known.num_known]
    dates = _expected(dates, known.inputs.frequency, number)
    later = later.assign_coords({step: dates})
    # In the order of the series.
    pairs = itertools.product(variant.inventory_markets, known.inputs.tenors)
    cells = [("dv01_musd", *pair) for pair in pairs]
    cells += [("order_flow_surprise_busd", *pair) for pair in _flows(variant)]
    for date, (name, market, tenor) in zip(dates[horizon:], cells, strict=True):
        later[name].loc[{step: date, "market": market, TENOR: tenor}] = 1.0
    joined = xr.concat([data, later], step).assign_attrs(data.attrs)
    return PricePressurePanel(
        joined, trace.attrs["data_source"], trace.attrs["data_sha256"]
    )


def _flows(variant: Variant) -> dict[tuple[str, int], list[int]]:
    """Market and tenor of each order flow -> its terms: it may move several factors."""
    found: dict[tuple[str, int], list[int]] = {}
    for k, term in enumerate(variant.order_flow_terms):
        found.setdefault((term.market, term.tenor), []).append(k)
    return found


def _assumptions(
    known: Known, stated: FloatArray, request: ForecastRequest
) -> Iterator[str]:
    unit = known.inputs.frequency.unit
    last = known.dates[known.num_known - 1]
    yield f"From {last:%Y-%m-%d}, the last {unit} with yields in {request.source}."
    if not known.series.shape[1]:
        return
    if len(stated):
        yield f"Inputs of the next {len(stated)} {unit}s are those of {request.source}."
    if request.inputs == "moving":
        yield (
            "Inventories and order flow then move as they did, each by an "
            "autoregression whose shocks are drawn together."
        )
    else:
        yield (
            "Inventories then stay where they are, and nothing more comes as a "
            "surprise: bands leave out what inputs will do."
        )
