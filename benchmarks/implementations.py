"""One way of computing a posterior density that the benchmark compares."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pymc as pm

from inference.sampling.compilation import compile_for_nutpie

OURS = "workbench"
JAX_SCAN = "nutpie-jax-scan"
PYMC_EXTRAS = "pymc-extras"
STATSMODELS = "statsmodels"


class CompiledToC:
    """Density that PyMC's own samplers call, its parts named as nutpie names them."""

    def __init__(self, model: pm.Model) -> None:
        self._variables = model.value_vars
        self._shared_data: dict[str, Any] = {}
        self._function = model.logp_dlogp_function(ravel_inputs=True, mode="CVM")
        self._function.set_extra_values({})

    def _make_logp_func(self) -> Callable[..., Any]:
        return self._function._pytensor_function


@dataclass(frozen=True, kw_only=True)
class Implementation:
    """A model and the backend that runs it.

    Parameters
    ----------
    name : str
        Name in the results.
    description : str
        What it is, for the results.
    build_model : callable
        panel -> unsampled pm.Model; priors and data are those of our model, the
        likelihood a peer's.
    backend, gradient_backend : str
        Options of `nutpie.compile_pymc_model`; the backend is ``c`` for PyTensor's C
        code, which only PyMC's own samplers call.
    start : callable, optional
        panel -> values of the free parameters where every chain starts; scattered by
        nutpie where left out.
    """

    name: str
    description: str
    build_model: Callable[[Any], pm.Model]
    backend: str = "numba"
    gradient_backend: str = "pytensor"
    start: Callable[[Any], Mapping[str, Any]] | None = None

    def compile(self, panel: Any) -> tuple[pm.Model, Any]:
        """Build the model of a panel and compile it.

        Returns
        -------
        tuple of pm.Model and nutpie CompiledModel or CompiledToC
            The second computes the log density and its gradient the way the sampler
            calls them.
        """
        model = self.build_model(panel)
        if self.backend == "c":
            return model, CompiledToC(model)
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
