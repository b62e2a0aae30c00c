"""Draws of several imputations side by side: each chain belongs to one of them.

Data that are themselves draws, such as half-lives of a deviation that is only
estimated, give one posterior each. Equal numbers of draws from every one of them,
pooled, are draws from the posterior with the data's uncertainty integrated out (Zhou &
Reiter 2010, doi 10.1198/tast.2010.09109). Chains of different imputations differ by
right; convergence is judged within each.

Of M imputations with mean posterior variance W, variance B of the posterior means and
mean squared Monte Carlo error w of each mean, the posterior variance is W + B, and the
pooled mean has the Monte Carlo variance (w + B) / M: twenty imputations are twenty
numbers as far as the data are uncertain, however long their chains.
"""

from typing import Any, NamedTuple

import arviz as az
import numpy as np
import xarray as xr
from scipy.special import expit, logit
from scipy.stats import norm

from inference.sampling import SAMPLE_DIMS
from inference.sampling.normal_scores import ranked_scores

IMPUTATION = "imputation"
"""Coordinate of the chains of a pooled trace."""

WITHIN, BETWEEN = "within_variance", "between_variance"
MISSING_INFORMATION = "fraction_of_missing_information"

TAIL_PROBABILITIES = (0.05, 0.95)
"""Quantiles whose effective numbers speak for the tails: Vehtari et al. (2021)."""

MOST_LOOKED_AT = 50
"""Imputations that say how long chains remember: means over them are known to a few per
cent, and effective sample sizes of all of hundreds would take minutes."""

CONFIDENCE = 0.95
"""That the imputations said to be needed are enough."""


class Variances(NamedTuple):
    """Parts of the variance of pooled draws, each over the elements of a dataset.

    Attributes
    ----------
    number : int
        Of imputations.
    within : xr.Dataset
        Mean posterior variance given one imputation.
    between : xr.Dataset
        Variance of the posterior means, less what their Monte Carlo error adds; 0 of
        one imputation.
    chains : xr.Dataset
        Mean squared Monte Carlo error of the posterior mean given one imputation.
    """

    number: int
    within: xr.Dataset
    between: xr.Dataset
    chains: xr.Dataset

    @property
    def squared_error(self) -> xr.Dataset:
        """Squared Monte Carlo error of the pooled mean."""
        return (self.chains + self.between) / self.number

    @property
    def effective_number(self) -> xr.Dataset:
        """Independent draws that would know the mean as well."""
        return (self.within + self.between) / self.squared_error

    @property
    def missing_information(self) -> xr.Dataset:
        """Share of the variance that the data being uncertain makes.

        Rubin (1987), equations (3.1.4) to (3.1.7).
        """
        added = (1 + 1 / self.number) * self.between
        return added / (self.within + added)

    def needed(self, effective_number: float) -> xr.Dataset:
        """Imputations, with chains as long, that an effective number takes.

        Linear in the share of missing information, taken at the upper end of its
        confidence interval as in the two-stage rule of von Hippel (2020, doi
        10.1177/0049124117747303): logit(share) has the standard error sqrt(2 / M). With
        400 effective draws his own rule, quadratic in the share, is met for standard
        deviations that repeat to 3.5%.
        """
        quantile = norm.ppf(CONFIDENCE)
        error = quantile * np.sqrt(2 / self.number)
        share = self.between / (self.within + self.between)
        upper = share.map(lambda values: expit(logit(values) + error))
        chains = (1 - upper) * self.chains / self.within
        return xr.ufuncs.ceil(effective_number * (upper + chains))


def along_imputations(draws: xr.Dataset) -> xr.Dataset:
    """Draws of each imputation on a dimension of its own, (imputation, chain, ...).

    Parameters
    ----------
    draws : (chain, draw, ...) xr.Dataset
        With coordinate ``imputation`` (chain) where there are several; without it all
        are of one. Every imputation has as many chains.
    """
    if IMPUTATION not in draws.coords:
        return draws.expand_dims(IMPUTATION)
    labels = draws[IMPUTATION].to_numpy()
    ordered = draws.isel(chain=np.argsort(labels, kind="stable"))
    bare = ordered.drop_vars([IMPUTATION, "chain"], errors="ignore")
    of_each = len(labels) // len(np.unique(labels))
    split = bare.coarsen(chain=of_each).construct(chain=(IMPUTATION, "of_imputation"))
    return split.rename(of_imputation="chain")


def num_imputations(draws: xr.Dataset) -> int:
    """Number of imputations that draws (chain, ...) are of."""
    if IMPUTATION not in draws.coords:
        return 1
    return len(np.unique(draws[IMPUTATION].to_numpy()))


def centred_by_imputation(draws: xr.Dataset) -> xr.Dataset:
    """Draws less their imputation's mean.

    Log densities given different data differ by constants, which are no weights.
    """
    if IMPUTATION not in draws.coords:
        return draws
    means = draws.groupby(IMPUTATION).mean(SAMPLE_DIMS)
    return draws - means.sel({IMPUTATION: draws[IMPUTATION]})


def pooled_chains(parts: list[xr.Dataset]) -> xr.Dataset:
    """Put the chains of all imputations side by side, numbered anew."""
    pooled = xr.concat(
        parts, "chain", data_vars="all", coords="minimal", compat="override"
    )
    labels = np.repeat(np.arange(len(parts)), [part.sizes["chain"] for part in parts])
    return pooled.assign_coords(
        chain=np.arange(pooled.sizes["chain"]), imputation=("chain", labels)
    )


def variances(parts: xr.Dataset) -> Variances:
    """Split the variance of draws (imputation, chain, draw, ...) into its parts."""
    number = parts.sizes[IMPUTATION]
    within = parts.var(SAMPLE_DIMS, ddof=1).mean(IMPUTATION)
    errors = over_imputations(az.mcse, some_imputations(parts), method="mean")
    chains = (errors**2).mean(IMPUTATION)
    if number == 1:
        return Variances(1, within, xr.zeros_like(within), chains)
    between = parts.mean(SAMPLE_DIMS).var(IMPUTATION, ddof=1) - chains
    return Variances(number, within, between.clip(min=0), chains)


def some_imputations(parts: xr.Dataset) -> xr.Dataset:
    """At most `MOST_LOOKED_AT` of the imputations, evenly spaced."""
    step = -(-parts.sizes[IMPUTATION] // MOST_LOOKED_AT)
    return parts.isel({IMPUTATION: slice(None, None, step)})


def over_imputations(statistic: Any, parts: xr.Dataset, **options: str) -> xr.Dataset:
    """A statistic of the draws of each imputation, (imputation, ...).

    Parameters
    ----------
    statistic : callable
        One of ArviZ, of chains and draws.
    parts : (imputation, chain, draw, ...) xr.Dataset
        Result of `along_imputations`.
    **options
        Of the statistic.
    """
    found: xr.Dataset = statistic(parts, sample_dims=list(SAMPLE_DIMS), **options)
    return found


def pooled_variances(draws: xr.Dataset) -> dict[str, Variances]:
    """Parts of the variances that effective numbers rest on.

    Parameters
    ----------
    draws : (chain, draw, ...) xr.Dataset
        Of several imputations.

    Returns
    -------
    dict
        ``bulk``: of the draws on the scale on which, pooled, they are standard normal;
        ``lower`` and ``upper``: of whether they are below the pooled quantiles
        `TAIL_PROBABILITIES`, so that tails are judged as in one posterior.
    """
    quantiles = draws.quantile(list(TAIL_PROBABILITIES), SAMPLE_DIMS)
    below = {
        name: (draws <= quantiles.isel(quantile=k, drop=True)).astype(float)
        for k, name in enumerate(("lower", "upper"))
    }
    scales = {"bulk": ranked_scores(draws), **below}
    return {name: variances(along_imputations(x)) for name, x in scales.items()}


def imputation_variances(posterior: xr.Dataset) -> xr.Dataset:
    """How much of the posterior's variance the uncertainty of the data makes.

    Parameters
    ----------
    posterior : (chain, draw, ...) xr.Dataset
        Draws with coordinate ``imputation`` (chain).

    Returns
    -------
    (statistic, ...) xr.Dataset
        For every variable ``within_variance``, ``between_variance`` and
        ``fraction_of_missing_information``; see `Variances`.
    """
    found = variances(along_imputations(posterior))
    return xr.concat(
        [found.within, found.between, found.missing_information],
        xr.DataArray(
            [WITHIN, BETWEEN, MISSING_INFORMATION], dims="statistic", name="statistic"
        ),
        coords="minimal",
        compat="override",
    )
