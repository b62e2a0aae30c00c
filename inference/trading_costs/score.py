"""Predictive scores of whole securities and months that are left out."""

import warnings

import arviz as az
import xarray as xr

from data.arrays import FloatArray
from data.dims import SECURITY
from data.errors import DataError
from inference.trading_costs.effects import MONTH

LEFT_OUT_SCORE = "left_out_score"


def score_left_out(trace: xr.DataTree) -> xr.Dataset:
    """Log predictive density of each month given the others, and of each security.

    Pareto-smoothed importance sampling of the variances (Vehtari, Gelman & Gabry 2017)
    on the exact densities of group ``left_out``.

    Parameters
    ----------
    trace : xr.DataTree
        Of the responses absolute or signed.

    Returns
    -------
    xr.Dataset
        ``elpd`` and ``pareto_k`` (month), ``security_elpd`` and ``security_pareto_k``
        (security), nats; attributes ``elpd_sum``, ``security_elpd_sum``, ``num_fits``.

    Raises
    ------
    DataError
        The trace is of the response joint.
    """
    if "left_out" not in trace.children:
        raise DataError(
            "the trace holds no densities of left-out months",
            "Score a trace of the response absolute or signed.",
        )
    densities = trace["left_out"].to_dataset()
    months = _score(densities["month_log_density"])
    securities = _score(densities["security_log_density"])
    return xr.Dataset(
        {
            "elpd": (MONTH, months[0]),
            "pareto_k": (MONTH, months[1]),
            "security_elpd": (SECURITY, securities[0]),
            "security_pareto_k": (SECURITY, securities[1]),
        },
        {MONTH: densities[MONTH], SECURITY: densities[SECURITY]},
        attrs={
            "group": LEFT_OUT_SCORE,
            "of": "months",
            "elpd_sum": float(months[0].sum()),
            "security_elpd_sum": float(securities[0].sum()),
            "num_fits": 1,
        },
    )


def _score(density: xr.DataArray) -> tuple[FloatArray, FloatArray]:
    tree = xr.DataTree.from_dict({"log_likelihood": density.to_dataset(name="rows")})
    with warnings.catch_warnings():
        # What is unreliable is said by its Pareto k, one by one.
        warnings.simplefilter("ignore", UserWarning)
        found = az.loo(tree, var_name="rows", pointwise=True, reff=1.0)
    return found.elpd_i.to_numpy(), found.pareto_k.to_numpy()
