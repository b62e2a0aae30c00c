"""How well the draws of each parameter know its posterior, as far as draws can tell."""

from functools import partial

import arviz as az
import numpy as np
import xarray as xr

from inference.sampling.imputation import (
    IMPUTATION,
    along_imputations,
    over_imputations,
    pooled_variances,
    some_imputations,
    variances,
)
from inference.sampling.r_hat import largest_r_hat_by_chance

POOLED_ONLY = ("ess_of_imputation", "missing_information", "needed_imputations")
"""Statistics that a single posterior does not have."""


def sampler_statistics(
    posterior: xr.Dataset, maximum_r_hat: float, minimum_effective_draws: float
) -> dict[str, xr.Dataset]:
    """Convergence and Monte Carlo error of every element.

    Parameters
    ----------
    posterior : (chain, draw, ...) xr.Dataset
        Of one data set, or pooled over imputations.
    maximum_r_hat : float
        Allowed of one posterior; of the largest of many what chance allows, if more.
    minimum_effective_draws : float
        That imputations are needed for.

    Returns
    -------
    dict
        Columns of `inference.checks.diagnostics.diagnose` by name.
    """
    parts = along_imputations(posterior)
    found = variances(parts)
    columns = {
        "r_hat": over_imputations(az.rhat, parts).max(IMPUTATION),
        "mcse_mean": found.squared_error**0.5,
    }
    if found.number == 1:
        of_one = {
            f"ess_{kind}": over_imputations(az.ess, parts, method=kind).squeeze(
                IMPUTATION, drop=True
            )
            for kind in ("bulk", "tail")
        }
        nothing = xr.full_like(columns["r_hat"], np.nan)
        return {
            **columns,
            **of_one,
            "largest_r_hat": nothing.fillna(maximum_r_hat),
            **dict.fromkeys(POOLED_ONLY, nothing),
        }
    looked_at = some_imputations(parts)
    typical = over_imputations(az.ess, looked_at, method="bulk").median(IMPUTATION)
    number = found.number * sum(variable.size for variable in typical.values())
    limit = partial(largest_r_hat_by_chance, number, parts.sizes["chain"])
    pooled = pooled_variances(posterior)
    tails = [pooled[name].effective_number for name in ("lower", "upper")]
    needed = [one.needed(minimum_effective_draws) for one in pooled.values()]
    return {
        **columns,
        "largest_r_hat": xr.apply_ufunc(limit, typical, vectorize=True).clip(
            min=maximum_r_hat
        ),
        "ess_bulk": pooled["bulk"].effective_number,
        "ess_tail": xr.concat(tails, "tail").min("tail", skipna=False),
        "ess_of_imputation": typical,
        "missing_information": found.missing_information,
        "needed_imputations": xr.concat(needed, "scale").max("scale"),
    }
