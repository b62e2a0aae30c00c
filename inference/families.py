"""Every model that can be fitted: a new one is a line here, and a folder."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from data.errors import DataError
from inference import fitting
from inference.checks.fit_to_data import FamilyChecks
from inference.half_life.basis_traced import BASIS_DECOMPOSITION
from inference.half_life.joint_traced import JOINT_DECAY
from inference.half_life.traced import HALF_LIFE
from inference.liquidity_regimes.threshold_traced import THRESHOLD_REGRESSION
from inference.liquidity_regimes.traced import LIQUIDITY_REGIMES
from inference.price_pressure.traced import PRICE_PRESSURE
from inference.traced.forecast import Forecast, ForecastRequest
from inference.traced.model import TracedModel, prepared_again
from inference.traced.own import OWN, OWN_CHECKS
from inference.trading_costs.curve_traced import YIELD_CURVE
from inference.trading_costs.traced import TRADING_COSTS

MODELS: Mapping[str, TracedModel] = {
    model.name: model
    for model in (
        PRICE_PRESSURE,
        LIQUIDITY_REGIMES,
        THRESHOLD_REGRESSION,
        BASIS_DECOMPOSITION,
        JOINT_DECAY,
        HALF_LIFE,
        YIELD_CURVE,
        TRADING_COSTS,
    )
}
"""Attribute ``model`` of a trace -> what its family declares, in the order of help."""


def checks_of(
    trace: xr.DataTree, models: Mapping[str, TracedModel] = MODELS
) -> FamilyChecks:
    """What the verdict on a trace looks at.

    Raises
    ------
    DataError
        If the trace is of none of the models.
    """
    name = str(trace.attrs.get("model"))
    checks = {OWN: OWN_CHECKS} | {x: models[x].checks for x in models}
    if name not in checks:
        raise DataError(
            f"the trace is of the model {name!r}, which cannot be checked",
            f"Models that can: {', '.join(models)}.",
        )
    return checks[name]


def score(
    trace: xr.DataTree,
    first_date: np.datetime64 | None = None,
    models: Mapping[str, TracedModel] = MODELS,
    *,
    progressbar: bool = False,
) -> xr.Dataset:
    """Log score of the model behind a trace: leave-future-out, or the model's own.

    Parameters
    ----------
    trace, first_date, progressbar
        As of `inference.fitting.score`.
    models : mapping of str to TracedModel
        Models that the trace may be of.

    Returns
    -------
    xr.Dataset
        See `inference.prediction.leave_future_out`, or the model's own score.

    Raises
    ------
    DataError
        If the trace is of a model that this version does not know or that cannot be
        scored, or the first date leaves too little past or no future.
    """
    model = models.get(str(trace.attrs.get("model")))
    if model is not None and model.score is not None:
        return model.score(trace)
    prepared = prepared_again(trace, models)
    return fitting.score(prepared, trace, first_date, progressbar=progressbar)


def forecast(
    trace: xr.DataTree,
    request: ForecastRequest,
    models: Mapping[str, TracedModel] = MODELS,
) -> Forecast:
    """What the model behind a trace says of what is to come.

    Raises
    ------
    DataError
        If the trace is of a model that foretells nothing, or the panel cannot be used.
    """
    name = str(trace.attrs.get("model"))
    can = {x.name: x.forecast for x in models.values() if x.forecast is not None}
    if name not in can:
        raise DataError(
            f"the trace is of the model {name!r}, which foretells nothing",
            f"Models that do: {', '.join(can)}.",
        )
    try:
        return can[name](trace, request)
    except KeyError as error:
        raise DataError(
            f"the trace does not say how its model is built: {error}",
            f"Write it again with: python -m inference fit {name} ...",
        ) from error
