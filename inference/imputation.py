"""Draws of several imputations side by side: each chain belongs to one of them.

Data that are themselves draws, such as half-lives of a deviation that is only
estimated, give one posterior each. Equal numbers of draws from every one of them,
pooled, are draws from the posterior with the data's uncertainty integrated out (Zhou &
Reiter 2010, doi 10.1198/tast.2010.09109). Chains of different imputations differ by
right; convergence is judged within each.
"""

import numpy as np
import xarray as xr

from inference.sampling import SAMPLE_DIMS

IMPUTATION = "imputation"
"""Coordinate of the chains of a pooled trace."""

WITHIN, BETWEEN = "within_variance", "between_variance"
MISSING_INFORMATION = "fraction_of_missing_information"


def by_imputation(draws: xr.Dataset) -> list[xr.Dataset]:
    """Draws of each imputation; all of them together where there is but one.

    Parameters
    ----------
    draws : (chain, draw, ...) xr.Dataset
        With coordinate ``imputation`` (chain) where there are several.
    """
    if IMPUTATION not in draws.coords:
        return [draws]
    labels = draws[IMPUTATION].to_numpy()
    return [
        draws.isel(chain=np.flatnonzero(labels == label)).drop_vars(IMPUTATION)
        for label in np.unique(labels)
    ]


def centred_by_imputation(draws: xr.Dataset) -> xr.Dataset:
    """Draws less their imputation's mean.

    Log densities given different data differ by constants, which are no weights.
    """
    if IMPUTATION not in draws.coords:
        return draws
    parts = [part - part.mean(SAMPLE_DIMS) for part in by_imputation(draws)]
    return xr.concat(parts, "chain")


def pooled_chains(parts: list[xr.Dataset]) -> xr.Dataset:
    """Put the chains of all imputations side by side, numbered anew."""
    pooled = xr.concat(
        parts, "chain", data_vars="all", coords="minimal", compat="override"
    )
    labels = np.repeat(np.arange(len(parts)), [part.sizes["chain"] for part in parts])
    return pooled.assign_coords(
        chain=np.arange(pooled.sizes["chain"]), imputation=("chain", labels)
    )


def imputation_variances(posterior: xr.Dataset) -> xr.Dataset:
    """How much of the posterior's variance the uncertainty of the data makes.

    Parameters
    ----------
    posterior : (chain, draw, ...) xr.Dataset
        Draws with coordinate ``imputation`` (chain).

    Returns
    -------
    (statistic, ...) xr.Dataset
        For every variable ``within_variance``, the mean posterior variance given one
        imputation; ``between_variance``, that of the posterior means; and
        ``fraction_of_missing_information``, the latter (times 1 + 1/M for M
        imputations) over the total: Rubin (1987), equations (3.1.4) to (3.1.7).
    """
    parts = by_imputation(posterior)
    means = xr.concat([part.mean(SAMPLE_DIMS) for part in parts], IMPUTATION)
    within = xr.concat([part.var(SAMPLE_DIMS) for part in parts], IMPUTATION)
    within = within.mean(IMPUTATION)
    between = means.var(IMPUTATION, ddof=1)
    added = (1 + 1 / len(parts)) * between
    return xr.concat(
        [within, between, added / (within + added)],
        xr.DataArray(
            [WITHIN, BETWEEN, MISSING_INFORMATION], dims="statistic", name="statistic"
        ),
        coords="minimal",
        compat="override",
    )
