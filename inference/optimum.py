"""Posterior mode, for the likelihood-based criteria that papers report."""

from typing import Any

import numpy as np
import pymc as pm
import xarray as xr
from numpy.typing import NDArray
from pymc.blocking import DictToArrayBijection, RaveledVars
from pymc.initial_point import make_initial_point_fns_per_chain
from scipy.optimize import OptimizeResult, minimize

from data.errors import DataError

NUM_STARTS = 5

SAME_MODE_TOLERANCE = 1e-3
"""Log posterior densities closer than this (nats) belong to one mode."""

MAXIMUM_ITERATIONS = 2000

GRADIENT_TOLERANCE = 1e-4
"""Largest slope at the mode, nats per unit of the unconstrained scale."""


def posterior_mode(
    model: pm.Model, seed: int, num_starts: int = NUM_STARTS
) -> xr.Dataset:
    """Highest point of the posterior density, from several starts.

    The density is that of the parameters themselves, not of their transforms.

    Parameters
    ----------
    model : pm.Model
        Any model whose parameters are continuous.
    seed : int
        Seed of the jitter of the starts.
    num_starts : int
        Starts, each the model's initial point moved by up to 1 on the unconstrained
        scale.

    Returns
    -------
    xr.Dataset
        Every parameter at the mode (quantities as long as the data left out).
        Attributes ``log_likelihood`` and ``log_posterior`` (nats), ``num_parameters``
        (free, on the unconstrained scale), ``aic`` (2 num_parameters - 2
        log_likelihood), ``num_starts`` and ``num_starts_at_mode``.

    Raises
    ------
    DataError
        If no start reached a finite density.
    """
    log_density = model.compile_fn(
        [model.logp(jacobian=False), model.dlogp(jacobian=False)],
        inputs=model.value_vars,
    )
    starts = [
        DictToArrayBijection.map({v.name: start(s)[v.name] for v in model.value_vars})
        for s, start in enumerate(_jittered_starts(model, num_starts), start=seed)
    ]
    layout = starts[0].point_map_info
    results = [_climb(log_density, start.data, layout) for start in starts]
    heights = np.array([-result.fun for result in results])
    if not np.isfinite(heights).any():
        raise DataError(
            "no start of the search for the posterior mode has a finite density",
            "Check the panel for implausible values.",
        )
    best = int(np.nanargmax(heights))
    mode = _evaluate(model, results[best].x, layout)
    mode.attrs["log_posterior"] = float(heights[best])
    mode.attrs["num_starts"] = num_starts
    mode.attrs["num_starts_at_mode"] = int(
        np.sum(heights > heights[best] - SAME_MODE_TOLERANCE)
    )
    return mode


def _jittered_starts(model: pm.Model, number: int) -> list[Any]:
    return make_initial_point_fns_per_chain(
        model=model, overrides=None, jitter_rvs=set(model.free_RVs), chains=number
    )


def _climb(log_density: Any, start: NDArray[np.float64], layout: Any) -> OptimizeResult:
    def negative(x: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        value, gradient = log_density(DictToArrayBijection.rmap(RaveledVars(x, layout)))
        if not np.isfinite(value):
            return np.inf, np.zeros_like(x)
        return -float(value), -gradient

    # Means of hundreds of basis points beside effects of a hundredth: BFGS learns the
    # scales, its limited-memory form does not.
    return minimize(
        negative,
        start,
        jac=True,
        method="BFGS",
        options={"maxiter": MAXIMUM_ITERATIONS, "gtol": GRADIENT_TOLERANCE},
    )


def _evaluate(model: pm.Model, x: NDArray[np.float64], layout: Any) -> xr.Dataset:
    """Parameters and log likelihood at one point."""
    observed_dims = {
        dim
        for variable in model.observed_RVs
        for dim in model.named_vars_to_dims.get(variable.name, ())[:1]
    }
    reported = [
        variable
        for variable in model.free_RVs + model.deterministics
        if not observed_dims & set(model.named_vars_to_dims.get(variable.name, ()))
    ]
    log_likelihood, *values = model.compile_fn(
        [model.observedlogp, *model.replace_rvs_by_values(reported)],
        inputs=model.value_vars,
    )(DictToArrayBijection.rmap(RaveledVars(x, layout)))
    variables = {
        variable.name: (model.named_vars_to_dims.get(variable.name, ()), value)
        for variable, value in zip(reported, values, strict=True)
    }
    dims = {dim for names, _ in variables.values() for dim in names}
    coords = {dim: list(model.coords[dim]) for dim in dims}
    return xr.Dataset(
        variables,
        coords=coords,
        attrs={
            "log_likelihood": float(log_likelihood),
            "num_parameters": x.size,
            "aic": 2 * x.size - 2 * float(log_likelihood),
        },
    )
