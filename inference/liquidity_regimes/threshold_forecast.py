"""Price impact ahead, from a posterior of the threshold regression."""

import numpy as np
import pandas as pd
import xarray as xr

from data.liquidity_regimes.panel import read_liquidity_panel
from inference.liquidity_regimes.forecast import (
    assumptions,
    days_ahead,
    input_paths,
    span_of,
)
from inference.liquidity_regimes.prepare import panel_of_trace
from inference.liquidity_regimes.threshold_regression import OBSERVED, VARIANT
from inference.sampling import SAMPLE_DIMS, thin_evenly
from inference.traced.forecast import (
    AHEAD,
    NUM_DRAWS,
    SAMPLE,
    Forecast,
    ForecastRequest,
)
from models.liquidity_regimes.inputs import select_inputs
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from models.liquidity_regimes.threshold_regression import regime_of


def forecast_threshold_regression(
    trace: xr.DataTree, request: ForecastRequest
) -> Forecast:
    """Predict price impact from volatility as it moves, or as the panel states it.

    Returns
    -------
    Forecast
        ``price_impact`` and ``volatility_bp`` (sample, ahead).

    Raises
    ------
    DataError
        If the panel cannot be used or lacks the security.
    """
    panel = panel_of_trace(trace)
    security = None
    if request.panel is not None:
        panel = read_liquidity_panel(request.panel)
        security = str(trace.attrs["variant"]).removeprefix(VARIANT)[1:] or None
    chosen = LiquidityRegimesSpecification(covariates="I", security=security)
    inputs = select_inputs(panel, chosen)
    span = span_of(inputs, request)
    thinned = thin_evenly(trace["posterior"].to_dataset(), NUM_DRAWS)
    # xarray's stack joins dimensions; the rule means the method of pandas.
    draws = thinned.stack({SAMPLE: SAMPLE_DIMS}).transpose(SAMPLE, ...)  # noqa: PD013
    rng = np.random.default_rng(request.seed)
    paths = input_paths(inputs, span, draws.sizes[SAMPLE], request, rng)
    volatility = paths.covariates_bp[..., 0]
    impact = np.empty_like(volatility)
    values = (
        draws[name].to_numpy()
        for name in ("volatility_slope", "volatility_threshold_bp", "noise_sd")
    )
    for s, (slope, threshold, sd) in enumerate(zip(*values, strict=True)):
        of_day = slope[regime_of(volatility[s], threshold)]
        noise = sd * rng.standard_normal(of_day.shape)
        impact[s] = of_day * volatility[s] + noise
    days = pd.DatetimeIndex(inputs.dataset["day"].to_numpy())
    dims = (SAMPLE, AHEAD)
    ahead = xr.Dataset(
        {
            OBSERVED: (
                dims,
                impact.reshape(-1, span.horizon),
                {"long_name": "price impact", "units": "as in the panel"},
            ),
            "volatility_bp": (
                dims,
                volatility.reshape(-1, span.horizon),
                {"long_name": "volatility", "units": "basis points"},
            ),
        },
        coords={AHEAD: days_ahead(days, span)},
    )
    past = xr.Dataset(
        {
            OBSERVED: (AHEAD, inputs.dataset[OBSERVED].to_numpy()[:, 0]),
            "volatility_bp": (AHEAD, inputs.covariates[:, 0]),
        },
        coords={AHEAD: days},
    ).isel({AHEAD: slice(span.num_known)})
    last = days[span.num_known - 1]
    return Forecast(ahead, past, tuple(assumptions(last, span, request)))
