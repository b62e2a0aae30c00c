"""Convergence of parameters too many to look at singly, such as effects of dates."""

from collections.abc import Iterable, Sequence

import arviz as az
import xarray as xr

from inference.sampling.r_hat import largest_r_hat_by_chance

INCIDENTAL_DIMS = "incidental_dims"
"""Attribute of a trace: dimensions along which parameters grow in number with the data,
such as the effects of dates."""

INCIDENTAL_R_HAT = "incidental_r_hat"
"""Attribute of a trace: `largest_incidental_r_hat` of variables that it is too small to
hold."""

LARGEST_INCIDENTAL_R_HAT = "largest_incidental_r_hat"
"""Attribute of a trace over imputations: what is allowed of each of them."""

MAXIMUM_INCIDENTAL_R_HAT = 1.05
"""Of the largest R-hat among hundreds of elements, such as effects of dates: some of
them pass 1.01 by chance, and nothing is said about any one of them."""

MOST_INCIDENTAL_ELEMENTS = 500
"""So many elements of a variable are looked at, evenly spaced: their largest R-hat
speaks for twenty thousand of them, which would take minutes."""

R_HAT, EFFECTIVE_DRAWS, NUMBER = "largest_r_hat", "effective_draws", "number"


def largest_incidental_r_hat(
    posterior: xr.Dataset, incidental_dims: Iterable[str]
) -> dict[str, float]:
    """Largest R-hat of each variable with too many elements to report each.

    Parameters
    ----------
    posterior : (chain, draw, ...) xr.Dataset
        Draws of one imputation.
    incidental_dims : iterable of str
        Dimensions along which elements run; `MOST_INCIDENTAL_ELEMENTS` are looked at.

    Returns
    -------
    dict
        Name of the variable -> R-hat.
    """
    looked_at = _looked_at(posterior, incidental_dims)
    if not looked_at.data_vars:
        return {}
    return {str(name): float(r.max()) for name, r in az.rhat(looked_at).items()}


def incidental_convergence(
    posterior: xr.Dataset, incidental_dims: Iterable[str]
) -> xr.Dataset:
    """What `incidental_limits` needs of one imputation among several.

    Parameters
    ----------
    posterior, incidental_dims
        As of `largest_incidental_r_hat`.

    Returns
    -------
    (convergence,) xr.Dataset
        For every variable its largest R-hat, the median of its elements' bulk effective
        sample sizes, and how many elements were looked at.
    """
    looked_at = _looked_at(posterior, incidental_dims)
    if not looked_at.data_vars:
        return looked_at
    r_hat, effective = az.rhat(looked_at), az.ess(looked_at, method="bulk")
    return xr.Dataset(
        {
            name: (
                "convergence",
                [float(r_hat[name].max()), float(effective[name].median()), r.size],
            )
            for name, r in r_hat.items()
        },
        coords={"convergence": [R_HAT, EFFECTIVE_DRAWS, NUMBER]},
    )


def incidental_limits(
    parts: Sequence[xr.Dataset], num_chains: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Largest R-hat over imputations, and what chance allows of so many.

    Parameters
    ----------
    parts : sequence of (convergence,) xr.Dataset
        `incidental_convergence` of each imputation.
    num_chains : int
        Of each imputation.

    Returns
    -------
    tuple of dict
        Name of the variable -> largest R-hat; -> largest that is allowed, at least
        `MAXIMUM_INCIDENTAL_R_HAT`.
    """
    joined = xr.concat(parts, "imputation")
    largest, allowed = {}, {}
    for name, found in joined.items():
        largest[str(name)] = float(found.sel(convergence=R_HAT).max(skipna=False))
        by_chance = largest_r_hat_by_chance(
            int(found.sel(convergence=NUMBER).sum()),
            num_chains,
            float(found.sel(convergence=EFFECTIVE_DRAWS).median()),
        )
        allowed[str(name)] = max(MAXIMUM_INCIDENTAL_R_HAT, by_chance)
    return largest, allowed


def _looked_at(posterior: xr.Dataset, incidental_dims: Iterable[str]) -> xr.Dataset:
    incidental = set(incidental_dims)
    names = [x for x, draws in posterior.items() if incidental & set(draws.dims)]
    steps = {
        dim: slice(None, None, -(-posterior.sizes[dim] // MOST_INCIDENTAL_ELEMENTS))
        for dim in incidental & set(posterior[names].dims)
    }
    return posterior[names].isel(steps)
