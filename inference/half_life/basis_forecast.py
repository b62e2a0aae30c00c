"""The basis ahead, from a posterior of its decomposition."""

from dataclasses import replace

import numpy as np
import pandas as pd
import xarray as xr

from data.arrays import FloatArray
from data.dims import DAY, TENOR
from data.errors import DataError
from data.half_life.basis_panel import BasisPanel, read_basis_panel
from inference.half_life.basis_decomposition import (
    OBSERVED,
    panel_of_trace,
    priors_of_trace,
    state_spaces_by_tenor,
)
from inference.sampling import thin_evenly
from inference.states.onwards import onwards, simulate_onwards
from inference.traced.forecast import (
    AHEAD,
    NUM_DRAWS,
    NUM_PATHS,
    SAMPLE,
    Forecast,
    ForecastRequest,
    trading_days_after,
)
from models.half_life.basis_decomposition import basis_decomposition_model, trading_days
from models.likelihoods.kalman.arrays import StateSpace

HORIZON_DAYS = 20


def forecast_basis(trace: xr.DataTree, request: ForecastRequest) -> Forecast:
    """Predict the basis of every tenor: level, deviation and noise.

    Parameters
    ----------
    trace : xr.DataTree
        Of the model.
    request : ForecastRequest
        The model takes no inputs as given.

    Returns
    -------
    Forecast
        ``basis_bp`` (sample, ahead, tenor).

    Raises
    ------
    DataError
        If the panel cannot be used or is of other tenors.
    """
    panel = _panel(trace, request)
    data = trading_days(panel.dataset)
    seen = xr.ufuncs.isfinite(data[OBSERVED]).any(TENOR).to_numpy()
    data = data.isel({DAY: slice(int(np.flatnonzero(seen)[-1]) + 1)})
    horizon = request.horizon or HORIZON_DAYS
    last = pd.Timestamp(data[DAY].to_numpy()[-1])
    days = trading_days_after(last, horizon)
    # Days ahead count as quoted, whatever the value: see `onwards`.
    later = xr.zeros_like(data.isel({DAY: np.zeros(horizon, dtype=int)}))
    lengthened = xr.concat([data, later.assign_coords({DAY: days})], DAY)
    model = basis_decomposition_model(
        replace(panel, dataset=lengthened), priors_of_trace(trace)
    )
    draws = thin_evenly(trace["posterior"].to_dataset(), NUM_DRAWS)
    rng = np.random.default_rng(request.seed)
    drawn = [
        np.concatenate([_simulate(system, horizon, rng) for system in systems])
        for systems in state_spaces_by_tenor(model, draws)
    ]
    basis = xr.DataArray(
        np.concatenate(drawn, axis=2),
        dims=(SAMPLE, AHEAD, TENOR),
        coords={AHEAD: days, TENOR: data[TENOR].to_numpy()},
        attrs={"long_name": "basis", "units": "basis points"},
    )
    return Forecast(
        xr.Dataset({OBSERVED: basis}),
        xr.Dataset({OBSERVED: data[OBSERVED].rename({DAY: AHEAD})}),
        (
            f"From {last:%Y-%m-%d}, the last day with a basis in {request.source}.",
            "Days are trading days, and no event is foreseen.",
        ),
    )


def _panel(trace: xr.DataTree, request: ForecastRequest) -> BasisPanel:
    """What to predict onwards from."""
    fitted = panel_of_trace(trace)
    if request.panel is None:
        return fitted
    panel = read_basis_panel(request.panel)
    tenors = fitted.dataset[TENOR].to_numpy().tolist()
    if panel.dataset[TENOR].to_numpy().tolist() != tenors:
        raise DataError(
            f"{request.panel} is not of the tenors {tenors} of the fit",
            "Give a panel of the same tenors.",
        )
    return panel


def _simulate(system: StateSpace, horizon: int, rng: np.random.Generator) -> FloatArray:
    """Basis of one tenor at one draw on its last days, (path, day, 1)."""
    return simulate_onwards(
        onwards(system, len(system.observation) - horizon),
        rng.standard_normal((NUM_PATHS, horizon, 1)),
        system.state_input[None, -horizon:],
        system.observation_input[None, -horizon:],
    )
