"""One way of computing a posterior density that the benchmark compares."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import pymc as pm

from inference.compilation import compile_for_nutpie

OURS = "workbench"
JAX_SCAN = "nutpie-jax-scan"
PYMC_EXTRAS = "pymc-extras"
STATSMODELS = "statsmodels"


@dataclass(frozen=True, kw_only=True)
class Implementation:
    """A model, what replaces parts of it, and the backend that runs it.

    Parameters
    ----------
    name : str
        Name in the results.
    description : str
        What it is, for the results.
    build_model : callable
        panel -> unsampled pm.Model; priors and data are those of our model.
    replacements : mapping of str to object
        What stands in for our functions, by their dotted names.
    backend, gradient_backend : str
        Options of `nutpie.compile_pymc_model`.
    start : callable, optional
        panel -> values of the free parameters where every chain starts; scattered by
        nutpie where left out.
    """

    name: str
    description: str
    build_model: Callable[[Any], pm.Model]
    replacements: Mapping[str, Any] = field(default_factory=dict)
    backend: str = "numba"
    gradient_backend: str = "pytensor"
    start: Callable[[Any], Mapping[str, Any]] | None = None

    def compile(self, panel: Any) -> tuple[pm.Model, Any]:
        """Build the model of a panel and compile it.

        Returns
        -------
        tuple of pm.Model and nutpie CompiledModel
            The second computes the log density and its gradient the way nutpie samples
            them.
        """
        with ExitStack() as stack:
            # PyMC asks for the log density only when nutpie compiles the model.
            for target, replacement in self.replacements.items():
                stack.enter_context(patch(target, replacement))
            model = self.build_model(panel)
            compiled = compile_for_nutpie(
                model,
                backend=self.backend,
                gradient_backend=self.gradient_backend,
                **self._start_options(panel),
            )
        return model, compiled

    def _start_options(self, panel: Any) -> dict[str, Any]:
        if self.start is None:
            return {}
        return {"initial_points": dict(self.start(panel)), "jitter_rvs": set()}
