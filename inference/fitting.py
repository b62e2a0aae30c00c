"""From a prepared model to a trace, and from a trace to its score."""

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import xarray as xr

from data.errors import DataError
from inference.basis_decomposition import MODEL_NAME as BASIS_DECOMPOSITION
from inference.basis_decomposition import prepare_from_basis_decomposition_trace
from inference.diagnostics import (
    RunDiagnostics,
    diagnose,
    diagnose_run,
    failures,
)
from inference.liquidity_regimes import MODEL_NAME as LIQUIDITY_REGIMES
from inference.liquidity_regimes import prepare_from_liquidity_regimes_trace
from inference.optimum import posterior_mode
from inference.prediction import leave_future_out
from inference.preparation import PreparedModel
from inference.price_pressure import MODEL_NAME as PRICE_PRESSURE
from inference.price_pressure import prepare_from_price_pressure_trace
from inference.sampling import SAMPLE_DIMS, sample_posterior
from inference.settings import SamplerSettings
from inference.store import stamp_provenance

PREPARE_FROM_TRACE: dict[str, Callable[[xr.DataTree], PreparedModel]] = {
    PRICE_PRESSURE: prepare_from_price_pressure_trace,
    BASIS_DECOMPOSITION: prepare_from_basis_decomposition_trace,
    LIQUIDITY_REGIMES: prepare_from_liquidity_regimes_trace,
}
"""Attribute ``model`` of a trace -> how to build that model from the trace."""

PASSED = "passed"
FAILED = "failed"


def fit(
    prepared: PreparedModel, settings: SamplerSettings, *, progressbar: bool = True
) -> xr.DataTree:
    """Sample a prepared model, derive all that its trace holds, and check it.

    Parameters
    ----------
    prepared : PreparedModel
        Model and data.
    settings : SamplerSettings
        Settings of the run.
    progressbar : bool
        Show the progress of the chains.

    Returns
    -------
    xr.DataTree
        The groups of `inference.sampling.sample_posterior`, of `prepared.derive`,
        ``posterior_mode``, ``starts`` and ``panel``. The root's attributes hold
        provenance, ``diagnostics`` ("passed" or "failed") and ``diagnostic_failures``.
    """
    start = time.perf_counter()
    # Chains scattered over a posterior with a lesser mode would each keep to the one
    # they first meet; the search says how many of its starts found the highest.
    mode, starts = posterior_mode(prepared.model, settings.seed, starts=prepared.starts)
    trace = sample_posterior(
        prepared.model, settings, start=mode, progressbar=progressbar
    )
    derived = prepared.derive(
        prepared.model, trace, settings.predictive_draws, settings.seed
    )
    for name, group in derived.items():
        trace[name] = group
    trace["posterior_mode"] = mode
    trace["starts"] = starts
    trace["panel"] = prepared.panel
    _, _, found = check(trace)
    trace.attrs["diagnostics"] = FAILED if found else PASSED
    trace.attrs["diagnostic_failures"] = found
    wall_time_s = time.perf_counter() - start
    stamp_provenance(trace, settings, prepared.description, wall_time_s)
    return trace


def check(trace: xr.DataTree) -> tuple[pd.DataFrame, RunDiagnostics, list[str]]:
    """Diagnostics of a trace: by parameter, of the run, and the checks it fails."""
    parameters, run = diagnose(trace), diagnose_run(trace)
    incidental = trace.attrs.get("incidental_r_hat", {})
    return parameters, run, failures(parameters, run, incidental)


def score(trace: xr.DataTree, first_date: np.datetime64 | None = None) -> xr.Dataset:
    """Leave-future-out log score of the model behind a trace.

    Parameters
    ----------
    trace : xr.DataTree
        Result of `fit`, or the same read from its file.
    first_date : datetime64, optional
        Predict the first date on or after this one and all later ones; the second half
        of the dates where left out.

    Returns
    -------
    (time,) xr.Dataset
        See `inference.prediction.leave_future_out`.

    Raises
    ------
    DataError
        If the trace is of a model that this version does not know, or the first date
        leaves too little past or no future.
    """
    name = trace.attrs.get("model")
    if name not in PREPARE_FROM_TRACE:
        raise DataError(
            f"the trace is of the model {name!r}, which cannot be scored",
            f"Models that can: {', '.join(PREPARE_FROM_TRACE)}.",
        )
    prepared = PREPARE_FROM_TRACE[name](trace)
    (log_likelihood,) = trace["log_likelihood"].data_vars.values()
    (time_dim,) = set(log_likelihood.dims) - set(SAMPLE_DIMS)
    dates = trace["panel"][time_dim].to_numpy()
    position = len(dates) // 2
    if first_date is not None:
        position = int(np.searchsorted(dates, first_date))
    return leave_future_out(
        prepared.model,
        trace,
        prepared.mask_name,
        position,
        SamplerSettings(**trace.attrs["settings"]),
        prepared.past,
    )
