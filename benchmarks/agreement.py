"""Common points at which every implementation has to give the same density."""

import json
from dataclasses import dataclass
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import numpy as np
import pymc as pm
from numpy.typing import NDArray

from benchmarks.density import Density, compiled_density, variable_names
from benchmarks.implementations import OURS
from benchmarks.problem import SEED, Problem
from data.arrays import FloatArray

NUM_POINTS = 4
JITTER_SD = 0.3
"""On the unconstrained scale; more for the means, whose unit is the basis point. Far
apart beside the posterior, yet never degenerate.
"""

LOG_DENSITY_TOLERANCE = 1e-9
"""Relative. Rounding over thousands of dates, in whatever order a filter adds."""

GRADIENT_TOLERANCE = 1e-6
"""Relative to the longest entry. Automatic differentiation through the recursion loses
a few digits more than the density itself.
"""


class DisagreementError(RuntimeError):
    """An implementation computes something else, so that timing it means nothing."""


@dataclass(frozen=True)
class Reference:
    """Values of our own implementation.

    Parameters
    ----------
    names : (parameter,) str
        Variable that each entry of a point belongs to.
    points : (point, parameter) float
        Unconstrained.
    log_density, gradient : (point,), (point, parameter) float
        Of the posterior on the unconstrained scale.
    natural : (point, natural parameter) float
        The same points as the problem's natural parameters.
    log_likelihood : (point,) float
        Of the observed variables alone.
    """

    names: NDArray[np.str_]
    points: FloatArray
    log_density: FloatArray
    gradient: FloatArray
    natural: FloatArray
    log_likelihood: FloatArray

    def save(self, folder: Path) -> None:
        """Write to the folder of the run."""
        arrays = {name: np.asarray(x).tolist() for name, x in vars(self).items()}
        _file(folder).write_text(json.dumps(arrays))

    @classmethod
    def load(cls, folder: Path) -> "Reference":
        """Read what `save` wrote."""
        arrays = json.loads(_file(folder).read_text())
        return cls(**{name: np.array(x) for name, x in arrays.items()})

    def first_point(self, compiled: Any) -> FloatArray:
        """Return the first point, in the order of a compiled model's parameters."""
        return self.points[0, self._order(compiled)]

    def require_same_density(self, name: str, compiled: Any, density: Density) -> None:
        """Raise DisagreementError unless density and gradient equal ours."""
        order = self._order(compiled)
        for x, expected, slope in zip(
            self.points[:, order],
            self.log_density,
            self.gradient[:, order],
            strict=True,
        ):
            value, gradient = density(x)
            _require_close(name, "log density", value, expected, LOG_DENSITY_TOLERANCE)
            _require_close(name, "gradient", gradient, slope, GRADIENT_TOLERANCE)

    def require_same_likelihood(
        self, name: str, log_likelihood: Any, ours: FloatArray | None = None
    ) -> None:
        """Raise DisagreementError unless the likelihood of the data equals ours.

        `ours` replaces the stored values for a peer whose likelihood means another
        first state.
        """
        expected_values = self.log_likelihood if ours is None else ours
        for parameters, expected in zip(self.natural, expected_values, strict=True):
            _require_close(
                name,
                "log likelihood",
                log_likelihood(parameters),
                expected,
                LOG_DENSITY_TOLERANCE,
            )

    def _order(self, compiled: Any) -> NDArray[np.int_]:
        """Nutpie's JAX backend freezes the model, which reorders its variables."""
        return np.concatenate(
            [np.flatnonzero(self.names == name) for name in variable_names(compiled)]
        )


def compute_reference(problem_path: str, folder: Path) -> None:
    """Evaluate our implementation at the common points and save the values.

    Parameters
    ----------
    problem_path : str
        Where to find the problem, as `Problem.path`.
    folder : Path
        Of the run.
    """
    problem: Problem = resolve_name(problem_path)
    panel = problem.make_panel(folder)
    model, compiled = problem.implementations[OURS].compile(panel)
    density = compiled_density(compiled)
    names, points = _points(model)
    values = [density(x) for x in points]
    natural, log_likelihood = _natural_values(model, problem, points)
    Reference(
        names=names,
        points=points,
        log_density=np.array([value for value, _ in values]),
        gradient=np.array([gradient for _, gradient in values]),
        natural=natural,
        log_likelihood=log_likelihood,
    ).save(folder)


def _file(folder: Path) -> Path:
    return folder / "reference.json"


def _points(model: pm.Model) -> tuple[NDArray[np.str_], FloatArray]:
    """Jitter the model's initial point; variables in our compiled model's order."""
    initial = model.initial_point()
    order = [model.rvs_to_values[rv].name for rv in model.free_RVs]
    start = np.concatenate([np.ravel(initial[name]) for name in order])
    names = np.repeat(order, [np.size(initial[name]) for name in order])
    rng = np.random.default_rng(SEED)
    scale = JITTER_SD * np.maximum(1.0, np.abs(start) / 10.0)
    return names, start + scale * rng.standard_normal((NUM_POINTS, start.size))


def _natural_values(
    model: pm.Model, problem: Problem, points: FloatArray
) -> tuple[FloatArray, FloatArray]:
    free = [model.rvs_to_values[rv] for rv in model.free_RVs]
    shapes = [model.initial_point()[value.name].shape for value in free]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
    graph = model.replace_rvs_by_values(
        [model[name].flatten() for name in problem.natural_parameters]
    )
    likelihood = model.logp(vars=model.observed_RVs)
    function = model.compile_fn(
        [*graph, likelihood], inputs=free, point_fn=False, mode="FAST_COMPILE"
    )
    natural, log_likelihood = [], []
    for x in points:
        pieces = np.split(x, ends)
        *values, total = function(
            *(piece.reshape(shape) for piece, shape in zip(pieces, shapes, strict=True))
        )
        natural.append(np.concatenate(values))
        log_likelihood.append(float(total))
    return np.array(natural), np.array(log_likelihood)


def _require_close(
    name: str, quantity: str, value: Any, expected: Any, tolerance: float
) -> None:
    value, expected = np.asarray(value), np.asarray(expected)
    scale = np.max(np.abs(expected))
    difference = float(np.max(np.abs(value - expected)) / scale)
    # Written so that NaN fails too.
    if not difference <= tolerance:
        raise DisagreementError(
            f"{name}: the {quantity} differs from the workbench's by {difference:.2e} "
            f"of its size, more than {tolerance:.0e}; timing it would mean nothing"
        )
