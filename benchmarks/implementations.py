"""Every way of computing the same posterior density that the benchmark compares."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import pymc as pm

from benchmarks.scan_likelihoods import (
    joint_scan_log_likelihood,
    sequential_scan_log_likelihood,
)
from benchmarks.statespace_likelihoods import (
    STATESPACE_FILTERS,
    statespace_log_likelihood,
)
from data.panels import PricePressurePanel
from inference.compilation import compile_for_nutpie
from models.price_pressure import price_pressure_model

VARIANT = "net-inventory"

LIKELIHOOD = "models.state_space.state_space_log_likelihood"
"""The one function that a peer replaces."""

OURS = "workbench"
JAX_SCAN = "nutpie-jax-scan"
JAX_SCAN_JOINT = "nutpie-jax-scan-joint"
STATESPACE = "pymc-extras"
STATSMODELS = "statsmodels"


@dataclass(frozen=True, kw_only=True)
class Implementation:
    """A likelihood and the backend that runs it.

    Parameters
    ----------
    name : str
        Name in the results.
    description : str
        What it is, for the results.
    log_likelihood : callable or None
        Stands in for `models.kalman.state_space_log_likelihood`; None leaves it.
    backend, gradient_backend : str
        Options of `nutpie.compile_pymc_model`.
    """

    name: str
    description: str
    log_likelihood: Callable[..., Any] | None = None
    backend: str = "numba"
    gradient_backend: str = "pytensor"

    def compile(self, panel: PricePressurePanel) -> tuple[pm.Model, Any]:
        """Build our model of the panel with this likelihood, and compile it.

        Returns
        -------
        tuple of pm.Model and nutpie CompiledModel
            The model, priors included, is ours; the second computes the log density
            and its gradient the way nutpie samples them.
        """
        with ExitStack() as stack:
            if self.log_likelihood is not None:
                # PyMC asks for the log density only when nutpie compiles the model.
                stack.enter_context(patch(LIKELIHOOD, self.log_likelihood))
            model = price_pressure_model(panel, VARIANT)
            compiled = compile_for_nutpie(
                model, backend=self.backend, gradient_backend=self.gradient_backend
            )
        return model, compiled


IMPLEMENTATIONS = {
    implementation.name: implementation
    for implementation in (
        Implementation(name=OURS, description="Kalman Op, analytic gradient, numba"),
        Implementation(
            name=JAX_SCAN,
            description="PyTensor scan, one yield at a time, JAX gradient",
            log_likelihood=sequential_scan_log_likelihood,
            backend="jax",
            gradient_backend="jax",
        ),
        Implementation(
            name=JAX_SCAN_JOINT,
            description="PyTensor scan, 4 x 4 Cholesky factor, JAX gradient",
            log_likelihood=joint_scan_log_likelihood,
            backend="jax",
            gradient_backend="jax",
        ),
        *(
            Implementation(
                name=f"{STATESPACE}-{filter_name}",
                description=f"statespace, {filter_name} filter, numba",
                log_likelihood=statespace_log_likelihood(filter_name),
            )
            for filter_name in STATESPACE_FILTERS
        ),
    )
}
"""By name."""
