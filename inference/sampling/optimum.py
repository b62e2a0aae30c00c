"""Posterior modes: where searches from many starts end, and how much mass lies there.

The highest one serves the likelihood-based criteria that papers report, and the chains
as their start.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import xarray as xr
from numpy.typing import NDArray
from pymc.blocking import DictToArrayBijection, RaveledVars
from pymc.initial_point import (
    make_initial_point_fn,
    make_initial_point_fns_per_chain,
)
from pytensor.graph.basic import Variable

from data.arrays import FloatArray
from data.errors import DataError
from inference.sampling import SIMULATION_BACKEND
from inference.sampling.modes import LogDensity, climb, modes_of_mass, normal_at

NUM_STARTS = 5

SAME_MODE_TOLERANCE = 1e-3
"""Log posterior densities closer than this (nats) belong to one mode."""

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
    ends : sequence of RaveledVars
        Where each search ended, on the unconstrained scale.
    """

    mode: xr.Dataset
    starts: xr.Dataset
    ends: Sequence[RaveledVars]


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
        # One function for the density of the parameters and for that of the scale that
        # they are sampled on, since compiling costs more than a search.
        is_unconstrained = pt.scalar("is_unconstrained")
        density = model.logp(jacobian=False)
        density += is_unconstrained * _log_jacobian(model)
        gradient = pt.concatenate(
            [part.ravel() for part in pt.grad(density, model.value_vars)]
        )
        self._log_density = model.compile_fn(
            [density, gradient],
            inputs=[is_unconstrained, *model.value_vars],
            on_unused_input="ignore",
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
        density = self._density(layout, is_unconstrained=False)
        results = [climb(density, point.data) for point in points]
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
        ends = [RaveledVars(result.x, layout) for result in results]
        return ModeSearch(mode, _starts_group(heights, len(starts)), ends)

    def weigh(self, found: ModeSearch) -> xr.Dataset:
        """Mass of every distinct mode at which searches ended.

        Parameters
        ----------
        found : ModeSearch
            Result of a search with the same data.

        Returns
        -------
        (mode,) xr.Dataset
            Result of `inference.sampling.modes.modes_of_mass`, with every free
            parameter at the modes where there are several.
        """
        layout = found.ends[0].point_map_info
        ends = np.array([end.data for end in found.ends])
        modes = modes_of_mass(
            self._density(layout, is_unconstrained=True),
            ends[np.isfinite(found.starts["log_density"].to_numpy())],
        )
        points, modes = modes["point"].to_numpy(), modes.drop_vars("point")
        if len(points) == 1:
            return modes
        return modes.merge(_free_parameters(self._model, points, layout))

    def approximate(self, found: ModeSearch) -> xr.Dataset:
        """Laplace's approximation at the highest mode, instead of a sample.

        Parameters
        ----------
        found : ModeSearch
            Result of a search with the same data.

        Returns
        -------
        xr.Dataset
            Of every free parameter that is sampled as it is (no transform),
            (statistic, ...): ``mean`` and ``sd``. NaN where there is no peak.
        """
        heights = found.starts["log_density"].to_numpy()
        end = found.ends[int(np.nanargmax(heights))]
        density = self._density(end.point_map_info, is_unconstrained=True)
        mean, covariance = normal_at(density, end.data)
        layout = end.point_map_info
        parts = [
            DictToArrayBijection.rmap(RaveledVars(x, layout))
            for x in (mean, np.sqrt(np.diag(covariance)))
        ]
        dims = self._model.named_vars_to_dims
        variables = {
            str(variable.name): (
                ("statistic", *dims.get(str(variable.name), ())),
                np.stack([part[str(variable.name)] for part in parts]),
            )
            for variable in self._model.free_RVs
            if self._model.rvs_to_transforms[variable] is None
        }
        found_at = _with_coords(self._model, variables)
        return found_at.assign_coords(statistic=["mean", "sd"])

    def _density(self, layout: Any, *, is_unconstrained: bool) -> LogDensity:
        """Log density and its gradient of the vector that a sampler moves."""

        def log_density(x: FloatArray) -> tuple[float, FloatArray]:
            point = DictToArrayBijection.rmap(RaveledVars(x, layout))
            value, gradient = self._log_density(
                {"is_unconstrained": float(is_unconstrained), **point}
            )
            return float(value), gradient

        return log_density


def _log_jacobian(model: pm.Model) -> Variable:
    """Log of how much the parameters move with the scale that they are sampled on."""
    terms = [
        transform.log_jac_det(model.rvs_to_values[variable], *variable.owner.inputs)
        for variable, transform in model.rvs_to_transforms.items()
        if transform is not None
    ]
    return sum(term.sum() for term in model.replace_rvs_by_values(terms)) + pt.zeros(())


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


def _free_parameters(model: pm.Model, points: FloatArray, layout: Any) -> xr.Dataset:
    """Free parameters at several points of the unconstrained scale, (mode, ...)."""
    evaluate = model.compile_fn(
        model.replace_rvs_by_values(model.free_RVs),
        inputs=model.value_vars,
        on_unused_input="ignore",
        mode=SIMULATION_BACKEND,
    )
    columns = zip(
        *(evaluate(DictToArrayBijection.rmap(RaveledVars(x, layout))) for x in points),
        strict=True,
    )
    variables = {
        variable.name: (
            ("mode", *model.named_vars_to_dims.get(variable.name, ())),
            np.stack(values),
        )
        for variable, values in zip(model.free_RVs, columns, strict=True)
    }
    return _with_coords(model, variables)


def _with_coords(
    model: pm.Model,
    variables: Mapping[str, Any],
    attrs: Mapping[str, Any] | None = None,
) -> xr.Dataset:
    dims = {dim for names, _ in variables.values() for dim in names}
    coords = {dim: list(model.coords[dim]) for dim in dims & set(model.coords)}
    return xr.Dataset(variables, coords=coords, attrs=attrs)


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
    attrs = {
        "log_likelihood": float(log_likelihood),
        "num_parameters": x.size,
        "aic": 2 * x.size - 2 * float(log_likelihood),
    }
    return _with_coords(model, variables, attrs)
