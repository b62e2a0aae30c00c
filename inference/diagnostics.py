"""Whether the sampler converged, and what the data said about each parameter.

Convergence fails a run. What the data said does not: a posterior equal to its prior is
a finding, and is named so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import arviz as az
import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray
from scipy.special import ndtri

from inference.imputation import (
    IMPUTATION,
    by_imputation,
    centred_by_imputation,
)
from inference.sampling import SAMPLE_DIMS

MAXIMUM_R_HAT = 1.01
"""Rank-normalised split R-hat: Vehtari, Gelman, Simpson, Carpenter & Bürkner (2021,
doi 10.1214/20-BA1221), section 4."""

MAXIMUM_INCIDENTAL_R_HAT = 1.05
"""Of the largest R-hat among hundreds of elements, such as effects of dates: some of
them pass 1.01 by chance, and nothing is said about any one of them."""

MOST_INCIDENTAL_ELEMENTS = 500
"""So many elements of a variable are looked at, evenly spaced: their largest R-hat
speaks for twenty thousand of them, which would take minutes."""

MINIMUM_EFFECTIVE_SAMPLE_SIZE = 400.0
"""Bulk and tail effective sample size over all chains: the same, section 4."""

MINIMUM_E_BFMI = 0.3
"""Energy Bayesian fraction of missing information of each chain: Betancourt (2016,
arXiv:1604.00695), who warns below 0.3."""

MAXIMUM_DIVERGENCES = 0
"""One divergent trajectory already says that a region was not explored: Betancourt
(2017, arXiv:1701.02434), section 6.2."""

INFORMED_CONTRACTION = 0.75
"""The data at least halved the prior's standard deviation, on the scale on which the
prior is normal."""

UNINFORMED_CONTRACTION = 0.25
"""The posterior keeps more than 87% of the prior's standard deviation. A thousand prior
draws and 400 effective posterior draws leave an error of about 0.15 in a contraction
of zero, so a smaller threshold would read noise as information."""

UNINFORMED_SHIFT = 0.25
"""Largest move of the mean, in prior standard deviations, that counts as none."""

UNINFORMED_LIKELIHOOD_SENSITIVITY = 0.1
"""Largest sensitivity to power-scaling the likelihood that counts as none. A parameter
outside the likelihood of 30 others reads up to 0.07 from 1,000 draws, by chance."""

POWER_SCALING_THRESHOLD = 0.05
"""Sensitivity above this is one to look at: Kallioinen, Paananen, Bürkner & Vehtari
(2024, doi 10.1007/s11222-023-10366-5), section 3.3."""

INCIDENTAL_DIMS = "incidental_dims"
"""Attribute of a trace: dimensions along which parameters grow in number with the data,
such as the effects of dates."""

INFORMED = "informed"
WEAKLY_INFORMED = "weakly informed"
NOT_INFORMED = "not informed by the data"

PRIOR_DATA_CONFLICT = "possible prior-data conflict"
STRONG_PRIOR = "strong prior or weak likelihood"


@dataclass(frozen=True)
class RunDiagnostics:
    """Diagnostics of the run as a whole.

    Attributes
    ----------
    divergences : int
        Divergent trajectories after adaptation, over all chains.
    e_bfmi : tuple of float
        Energy Bayesian fraction of missing information of each chain.
    max_tree_depth_hits : int
        Trajectories that ended at the longest length allowed. They cost time and no
        validity, so they never fail a run.
    """

    divergences: int
    e_bfmi: tuple[float, ...]
    max_tree_depth_hits: int


def diagnose(tree: xr.DataTree) -> pd.DataFrame:
    """Diagnostics of every reported parameter.

    A parameter is reported unless it runs along the observations (a fitted value),
    along one of the dimensions that the trace's attribute ``incidental_dims`` names, or
    never varies (a fixed element). Of several imputations the worst R-hat is given, and
    effective sample sizes add up: see `inference.imputation`.

    Parameters
    ----------
    tree : xr.DataTree
        Trace with groups ``posterior``, ``prior``, ``log_likelihood`` and
        ``log_prior``.

    Returns
    -------
    DataFrame
        One row an element, named as ``price_pressure[cash, 2]``: ``r_hat``,
        ``ess_bulk``, ``ess_tail``, ``mcse_mean`` (unit of the parameter),
        ``contraction`` (1 - posterior variance / prior variance), ``shift`` (of the
        mean, prior standard deviations), ``prior_sensitivity`` and
        ``likelihood_sensitivity`` (power scaling), ``power_scaling`` (words, empty
        where nothing is to be said) and ``information`` (words).

    Notes
    -----
    Contraction and shift are measured on the scale on which the prior is standard
    normal. A half-life and the persistence that it implies then agree, and priors with
    long tails are no different from others.
    """
    posterior = reported_parameters(tree)
    prior = tree["prior"].to_dataset()[list(posterior.data_vars)]
    scores = normal_scores(prior, posterior)
    parts = by_imputation(posterior)
    scaled = tree.copy(deep=False)
    log_likelihood = tree["log_likelihood"].to_dataset()
    scaled["posterior"] = posterior.sel(draw=log_likelihood["draw"])
    scaled["log_likelihood"] = centred_by_imputation(log_likelihood)
    # A fixed element divides zero by zero; its row is dropped below.
    with np.errstate(divide="ignore", invalid="ignore"):
        statistics = {
            "r_hat": _over(parts, az.rhat).max(IMPUTATION),
            "ess_bulk": _over(parts, az.ess, method="bulk").sum(IMPUTATION),
            "ess_tail": _over(parts, az.ess, method="tail").sum(IMPUTATION),
            "mcse_mean": np.sqrt(
                (_over(parts, az.mcse, method="mean") ** 2).mean(IMPUTATION)
                / len(parts)
            ),
            "contraction": 1.0 - scores.var(SAMPLE_DIMS),
            "shift": np.abs(scores.mean(SAMPLE_DIMS)),
            "prior_sensitivity": az.psense(
                scaled, group="prior", group_var_names=_scaled_priors(tree, posterior)
            ),
            "likelihood_sensitivity": az.psense(scaled, group="likelihood"),
        }
    table = _one_row_an_element(statistics)
    table = table[np.isfinite(table["mcse_mean"]) & (table["mcse_mean"] > 0)].copy()
    table["power_scaling"] = [
        _power_scaling_words(*pair)
        for pair in zip(
            table["prior_sensitivity"], table["likelihood_sensitivity"], strict=True
        )
    ]
    table["information"] = [
        information(*row)
        for row in zip(
            table["contraction"],
            table["shift"],
            table["likelihood_sensitivity"],
            strict=True,
        )
    ]
    return table


def _scaled_priors(tree: xr.DataTree, reported: xr.Dataset) -> list[str]:
    """Parameters whose priors are power-scaled: the reported ones.

    The others are effects whose spread is a parameter itself. They tell the model of
    the data rather than what was believed beforehand, and a hundred of them scaled
    together would move everything. Kallioinen et al. (2024) advise so of hierarchies.
    """
    return [str(name) for name in tree["log_prior"].to_dataset() if name in reported]


def reported_parameters(tree: xr.DataTree) -> xr.Dataset:
    """Posterior draws of what is not as long as the data.

    Parameters
    ----------
    tree : xr.DataTree
        Trace with groups ``posterior`` and ``log_likelihood``.

    Returns
    -------
    (chain, draw, ...) xr.Dataset
        Variables that share no dimension with the log likelihood but chain and draw,
        and none with those of the attribute ``incidental_dims``.
    """
    posterior = tree["posterior"].to_dataset()
    along_observations = set(tree["log_likelihood"].to_dataset().dims) - set(
        SAMPLE_DIMS
    )
    along_observations |= set(tree.attrs.get(INCIDENTAL_DIMS, ()))
    kept = [
        name
        for name, draws in posterior.data_vars.items()
        if not along_observations & set(draws.dims)
    ]
    return posterior[kept]


def largest_incidental_r_hat(
    posterior: xr.Dataset, incidental_dims: Iterable[str]
) -> dict[str, float]:
    """Largest R-hat of variables with too many elements to report each.

    Of `MOST_INCIDENTAL_ELEMENTS` of them.

    Parameters
    ----------
    posterior : (chain, draw, ...) xr.Dataset
        Draws.
    incidental_dims : iterable of str
        Dimensions along which their elements run.

    Returns
    -------
    dict
        Name of the variable -> R-hat, the worst over imputations.
    """
    incidental = set(incidental_dims)
    names = [x for x, draws in posterior.items() if incidental & set(draws.dims)]
    if not names:
        return {}
    steps = {
        dim: slice(None, None, -(-posterior.sizes[dim] // MOST_INCIDENTAL_ELEMENTS))
        for dim in incidental & set(posterior.dims)
    }
    worst = _over(by_imputation(posterior[names].isel(steps)), az.rhat).max()
    return {str(name): float(value) for name, value in worst.items()}


def _over(parts: list[xr.Dataset], statistic: Any, **options: str) -> xr.Dataset:
    """A statistic of the draws of each imputation, side by side."""
    return xr.concat([statistic(part, **options) for part in parts], IMPUTATION)


def diagnose_run(tree: xr.DataTree) -> RunDiagnostics:
    """Diagnostics of the sampler over all parameters."""
    statistics = tree["sample_stats"].to_dataset()
    energy = az.bfmi(statistics[["energy"]], group="sample_stats")["energy"]
    return RunDiagnostics(
        divergences=int(statistics["diverging"].sum()),
        e_bfmi=tuple(float(value) for value in np.atleast_1d(energy.values)),
        max_tree_depth_hits=int(statistics["reached_max_treedepth"].sum()),
    )


def failures(
    parameters: pd.DataFrame,
    run: RunDiagnostics,
    incidental_r_hat: Mapping[str, float] = MappingProxyType({}),
) -> list[str]:
    """Every convergence check that a run fails.

    Parameters
    ----------
    parameters : DataFrame
        Result of `diagnose`.
    run : RunDiagnostics
        Result of `diagnose_run`.
    incidental_r_hat : mapping of str to float
        Result of `largest_incidental_r_hat`.

    Returns
    -------
    list of str
        One sentence a failure; empty when the draws can be used. A diagnostic that is
        not a number fails.
    """
    found = []
    if run.divergences > MAXIMUM_DIVERGENCES:
        found.append(f"{run.divergences} divergent trajectories; none is allowed")
    for chain, value in enumerate(run.e_bfmi):
        if not value >= MINIMUM_E_BFMI:
            found.append(
                f"E-BFMI of chain {chain} is {value:.2f}, below {MINIMUM_E_BFMI}"
            )
    for name, row in parameters.iterrows():
        if not row["r_hat"] <= MAXIMUM_R_HAT:
            found.append(
                f"R-hat of {name} is {row['r_hat']:.3f}, above {MAXIMUM_R_HAT}"
            )
        found.extend(
            f"{kind} effective sample size of {name} is {row[f'ess_{kind}']:.0f}, "
            f"below {MINIMUM_EFFECTIVE_SAMPLE_SIZE:.0f}"
            for kind in ("bulk", "tail")
            if not row[f"ess_{kind}"] >= MINIMUM_EFFECTIVE_SAMPLE_SIZE
        )
    found.extend(
        f"the largest R-hat of {name} is {value:.3f}, above {MAXIMUM_INCIDENTAL_R_HAT}"
        for name, value in incidental_r_hat.items()
        if not value <= MAXIMUM_INCIDENTAL_R_HAT
    )
    return found


def normal_scores(prior: xr.Dataset, posterior: xr.Dataset) -> xr.Dataset:
    """Posterior draws on the scale on which the prior is standard normal.

    Parameters
    ----------
    prior, posterior : (chain, draw, ...) xr.Dataset
        Draws of the same variables.

    Returns
    -------
    (chain, draw, ...) xr.Dataset
        Quantile of the standard normal distribution at the prior probability below
        each posterior draw; draws beyond all prior draws take the outermost quantile.
    """
    renamed = {dim: f"prior_{dim}" for dim in SAMPLE_DIMS}
    return xr.apply_ufunc(
        _normal_score,
        posterior,
        prior.rename(renamed),
        input_core_dims=[SAMPLE_DIMS, list(renamed.values())],
        output_core_dims=[SAMPLE_DIMS],
        vectorize=True,
    )


def _normal_score(
    draws: NDArray[np.float64], prior: NDArray[np.float64]
) -> NDArray[np.float64]:
    probability = (np.arange(prior.size) + 0.5) / prior.size
    return np.interp(draws, np.sort(prior, axis=None), ndtri(probability))


def information(contraction: float, shift: float, likelihood_sensitivity: float) -> str:
    """Put into words what the data said about a parameter.

    Parameters
    ----------
    contraction : float
        1 - posterior variance / prior variance.
    shift : float
        Move of the mean in prior standard deviations.
    likelihood_sensitivity : float
        Response of the posterior to power-scaling the likelihood.

    Returns
    -------
    str
        ``NOT_INFORMED`` when the posterior has the width and the place of the prior
        and would keep them under another weight of the data, ``INFORMED`` when the
        standard deviation at least halved, else ``WEAKLY_INFORMED``.
    """
    if (
        contraction < UNINFORMED_CONTRACTION
        and shift < UNINFORMED_SHIFT
        and likelihood_sensitivity < UNINFORMED_LIKELIHOOD_SENSITIVITY
    ):
        return NOT_INFORMED
    return INFORMED if contraction >= INFORMED_CONTRACTION else WEAKLY_INFORMED


def _power_scaling_words(prior: float, likelihood: float) -> str:
    if prior < POWER_SCALING_THRESHOLD:
        return ""
    return (
        PRIOR_DATA_CONFLICT if likelihood >= POWER_SCALING_THRESHOLD else STRONG_PRIOR
    )


def _one_row_an_element(statistics: dict[str, xr.Dataset]) -> pd.DataFrame:
    joined = xr.concat(
        list(statistics.values()),
        dim=pd.Index(list(statistics), name="statistic"),
        coords="minimal",
        compat="override",
        join="exact",
    )
    table = az.dataset_to_dataframe(joined, sample_dims=["statistic"]).T
    ordered: pd.DataFrame = table[list(statistics)]
    return ordered
