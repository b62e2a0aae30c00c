"""Posterior mode, for the likelihood-based criteria that papers report."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pymc as pm
import xarray as xr
from numpy.typing import NDArray
from pymc.blocking import DictToArrayBijection, RaveledVars
from pymc.initial_point import (
    make_initial_point_fn,
    make_initial_point_fns_per_chain,
)
from scipy.optimize import OptimizeResult, minimize

from data.errors import DataError
from inference.sampling import SIMULATION_BACKEND

NUM_STARTS = 5

SAME_MODE_TOLERANCE = 1e-3
"""Log posterior densities closer than this (nats) belong to one mode."""

MAXIMUM_ITERATIONS = 2000

GRADIENT_TOLERANCE = 1e-4
"""Largest slope at the mode, nats per unit of the unconstrained scale."""

DATA_DRIVEN = "data-driven"
SCATTERED = "scattered"
"""Kinds of starts."""


class ModeSearch(NamedTuple):
    """Where a search for the posterior mode ended.

    Attributes
    ----------
    mode : xr.Dataset
        Every parameter at the highest point (quantities as long as the data left out).
        Attributes ``log_likelihood`` and ``log_posterior`` (nats), ``num_parameters``
        (free, on the unconstrained scale), ``aic`` (2 num_parameters - 2
        log_likelihood), ``num_starts`` and ``num_starts_at_mode``.
    starts : (start,) xr.Dataset
        ``log_density`` reached (nats), ``mode`` reached (0 the highest, 1 the next
        lower one, ...) and ``kind`` of start, "data-driven" or "scattered". Attributes
        ``num_starts`` and ``num_at_best``.
    """

    mode: xr.Dataset
    starts: xr.Dataset


def posterior_mode(
    model: pm.Model,
    seed: int,
    num_starts: int = NUM_STARTS,
    starts: Sequence[Mapping[str, NDArray[np.float64]]] = (),
) -> ModeSearch:
    """Highest point of the posterior density, from several starts.

    The density is that of the parameters themselves, not of their transforms.

    Parameters
    ----------
    model : pm.Model
        Any model whose parameters are continuous.
    seed : int
        Seed of the jitter of the starts.
    num_starts : int
        Scattered starts, each the model's initial point moved by up to 1 on the
        unconstrained scale.
    starts : sequence of mappings
        Further starts: values of the free parameters by name.

    Returns
    -------
    ModeSearch

    Raises
    ------
    DataError
        If no start reached a finite density.
    """
    return PosteriorModeSearch(model)(seed, num_starts, starts)


class PosteriorModeSearch:
    """Search for the posterior mode of a model, compiled once for any data.

    Parameters
    ----------
    model : pm.Model
        Any model whose parameters are continuous. Its data may be set anew between
        searches.
    """

    def __init__(self, model: pm.Model) -> None:
        self._model = model
        self._log_density = model.compile_fn(
            [model.logp(jacobian=False), model.dlogp(jacobian=False)],
            inputs=model.value_vars,
        )

    def __call__(
        self,
        seed: int,
        num_starts: int = NUM_STARTS,
        starts: Sequence[Mapping[str, NDArray[np.float64]]] = (),
    ) -> ModeSearch:
        """Search from several starts; arguments and result as of `posterior_mode`."""
        points = _data_driven_starts(self._model, starts)
        points += _scattered_starts(self._model, num_starts, seed)
        layout = points[0].point_map_info
        results = [_climb(self._log_density, point.data, layout) for point in points]
        heights = np.array([-result.fun for result in results])
        if not np.isfinite(heights).any():
            raise DataError(
                "no start of the search for the posterior mode has a finite density",
                "Check the panel for implausible values.",
            )
        best = int(np.nanargmax(heights))
        mode = _evaluate(self._model, results[best].x, layout)
        mode.attrs["log_posterior"] = float(heights[best])
        mode.attrs["num_starts"] = len(points)
        mode.attrs["num_starts_at_mode"] = int((_rank(heights) == 0).sum())
        return ModeSearch(mode, _starts_group(heights, len(starts)))


def _data_driven_starts(
    model: pm.Model, starts: Sequence[Mapping[str, NDArray[np.float64]]]
) -> list[RaveledVars]:
    """Map values of the parameters to the unconstrained scale."""
    return [
        _ravelled(model, make_initial_point_fn(model=model, overrides=dict(start))(0))
        for start in starts
    ]


def unconstrained_point(
    model: pm.Model, values: Mapping[str, NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Values of the free parameters as the vector that a sampler moves.

    Parameters
    ----------
    model : pm.Model
        Model of the parameters.
    values : mapping of str to array
        Every free parameter by name.

    Returns
    -------
    (free dimension,) float
        In the order of the model's value variables.
    """
    return np.asarray(_data_driven_starts(model, [values])[0].data)


def _scattered_starts(model: pm.Model, number: int, seed: int) -> list[RaveledVars]:
    functions = make_initial_point_fns_per_chain(
        model=model, overrides=None, jitter_rvs=set(model.free_RVs), chains=number
    )
    return [_ravelled(model, draw(s)) for s, draw in enumerate(functions, start=seed)]


def _ravelled(model: pm.Model, point: Mapping[str, Any]) -> RaveledVars:
    return DictToArrayBijection.map({v.name: point[v.name] for v in model.value_vars})


def _rank(heights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Number the modes from the highest down; -1 where the density is not finite."""
    ranks = np.full(len(heights), -1)
    order = [i for i in np.argsort(-heights) if np.isfinite(heights[i])]
    for position, i in enumerate(order):
        before = order[position - 1]
        is_lower = heights[i] < heights[before] - SAME_MODE_TOLERANCE
        ranks[i] = 0 if position == 0 else ranks[before] + is_lower
    return ranks


def _starts_group(heights: NDArray[np.float64], num_data_driven: int) -> xr.Dataset:
    kinds = np.where(np.arange(len(heights)) < num_data_driven, DATA_DRIVEN, SCATTERED)
    ranks = _rank(heights)
    return xr.Dataset(
        {
            "log_density": ("start", heights),
            "mode": ("start", ranks),
            "kind": ("start", kinds.astype(object)),
        },
        attrs={"num_starts": len(heights), "num_at_best": int((ranks == 0).sum())},
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
        # Called once, so compiling would cost seconds and gain nothing.
        mode=SIMULATION_BACKEND,
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
