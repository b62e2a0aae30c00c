"""Whether the sampler converged, and what the data said about each parameter.

Convergence fails a run. What the data said does not: a posterior equal to its prior is
a finding, and is named so.
"""

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import arviz as az
import numpy as np
import pandas as pd
import xarray as xr

from data.arrays import NOTHING_VARIES
from inference.checks.sampler_statistics import sampler_statistics
from inference.sampling import SAMPLE_DIMS
from inference.sampling.imputation import (
    IMPUTATION,
    along_imputations,
    centred_by_imputation,
    num_imputations,
)
from inference.sampling.incidental import INCIDENTAL_DIMS, MAXIMUM_INCIDENTAL_R_HAT
from inference.sampling.normal_scores import normal_scores, ranked_scores

MAXIMUM_R_HAT = 1.01
"""Rank-normalised split R-hat: Vehtari, Gelman, Simpson, Carpenter & Bürkner (2021,
doi 10.1214/20-BA1221), section 4."""

MINIMUM_EFFECTIVE_SAMPLE_SIZE = 400.0
"""Bulk and tail effective sample size over all chains: the same, section 4. Of several
imputations, of the pooled draws, which their number bounds."""

MINIMUM_EFFECTIVE_DRAWS_OF_AN_IMPUTATION = 50.0
"""Bulk effective sample size, the median over imputations: with fewer the chains of one
may disagree by half a standard deviation and not be told from chains that agree."""

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
    num_imputations : int
        Of the data. With several, E-BFMI is the mean over them of first chains, of
        second chains and so on: the lowest of hundreds would be low by chance.
    """

    divergences: int
    e_bfmi: tuple[float, ...]
    max_tree_depth_hits: int
    num_imputations: int = 1


def diagnose(tree: xr.DataTree) -> pd.DataFrame:
    """Diagnostics of every reported parameter.

    A parameter is reported unless it runs along the observations (a fitted value),
    along one of the dimensions that the trace's attribute ``incidental_dims`` names, or
    never varies (a fixed element). Of several imputations the largest R-hat is given;
    effective sample sizes and Monte Carlo errors are those of the pooled draws, see
    `inference.sampling.imputation`.

    Parameters
    ----------
    tree : xr.DataTree
        Trace with groups ``posterior``, ``prior``, ``log_likelihood`` and
        ``log_prior``.

    Returns
    -------
    DataFrame
        One row an element, named as ``price_pressure[cash, 2]``: ``r_hat`` and
        ``largest_r_hat`` allowed, ``ess_bulk``, ``ess_tail``, ``mcse_mean`` (unit of
        the parameter),
        ``contraction`` (1 - posterior variance / prior variance), ``shift`` (of the
        mean, prior standard deviations), ``prior_sensitivity`` and
        ``likelihood_sensitivity`` (power scaling), ``power_scaling`` (words, empty
        where nothing is to be said) and ``information`` (words). Of several imputations
        also ``ess_of_imputation`` (bulk, median over them), ``missing_information``
        (share of the variance that the data being uncertain makes) and
        ``needed_imputations``; NaN of one.

    Notes
    -----
    Contraction and shift are measured on the scale on which the prior is standard
    normal, sensitivities on that on which the posterior is: `normal_scores` and
    `ranked_scores`. Both depend on the order of the draws alone, so that a half-life
    and the persistence that it implies agree, and parameters with long tails are no
    different from others. The distance behind a sensitivity does depend on the scale:
    of a standard normal posterior 0.05 is a mean that moves by a quarter of its
    standard deviation when prior or likelihood count double.
    """
    posterior = reported_parameters(tree)
    prior = tree["prior"].to_dataset()[list(posterior.data_vars)]
    scores = normal_scores(prior, posterior)
    scaled = tree.copy(deep=False)
    log_likelihood = tree["log_likelihood"].to_dataset()
    scaled["posterior"] = ranked_scores(posterior.sel(draw=log_likelihood["draw"]))
    scaled["log_likelihood"] = centred_by_imputation(log_likelihood)
    # A fixed element divides zero by zero; its row is dropped below.
    with np.errstate(divide="ignore", invalid="ignore"):
        statistics: dict[str, Any] = {
            **sampler_statistics(
                posterior, MAXIMUM_R_HAT, MINIMUM_EFFECTIVE_SAMPLE_SIZE
            ),
            "contraction": 1.0 - scores.var(SAMPLE_DIMS),
            "shift": np.abs(scores.mean(SAMPLE_DIMS)),
            "prior_sensitivity": _sensitivity(
                scaled, group="prior", group_var_names=_scaled_priors(tree, posterior)
            ),
            "likelihood_sensitivity": _sensitivity(scaled, group="likelihood"),
            "varies": _varies(posterior).astype(float),
        }
    table = one_row_an_element(statistics)
    table = table[table.pop("varies") > 0].copy()
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


def _sensitivity(scaled: xr.DataTree, **options: Any) -> Any:
    """Sensitivity to power-scaling; NaN where log densities are no weights."""
    try:
        with warnings.catch_warnings():
            # Of few draws, which fail a check of their own.
            warnings.simplefilter("ignore", UserWarning)
            found: xr.Dataset = az.psense(scaled, **options)
    except ValueError:
        # All of them equal, or not finite: Pareto smoothing finds no tail.
        first = scaled["posterior"].to_dataset().isel(dict.fromkeys(SAMPLE_DIMS, 0))
        return xr.full_like(first.drop_vars(SAMPLE_DIMS, errors="ignore"), np.nan)
    return found


def _varies(draws: xr.Dataset) -> xr.Dataset:
    """Whether an element is not fixed; one with a draw that is no number is not.

    Nor does rounding make an element vary, such as the ones of a correlation matrix.
    """
    highest, lowest = (draws.reduce(end, SAMPLE_DIMS) for end in (np.max, np.min))
    size = np.maximum(np.abs(highest), np.abs(lowest))
    return ~(highest - lowest <= NOTHING_VARIES * size)


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
        and none with those of the attribute ``incidental_dims``, and that have elements
        at all: changes between days have none where all half-lives are one day.
    """
    posterior = tree["posterior"].to_dataset()
    along_observations = set(tree["log_likelihood"].to_dataset().dims) - set(
        SAMPLE_DIMS
    )
    along_observations |= set(tree.attrs.get(INCIDENTAL_DIMS, ()))
    kept = [
        name
        for name, draws in posterior.data_vars.items()
        if draws.size and not along_observations & set(draws.dims)
    ]
    return posterior[kept]


def diagnose_run(tree: xr.DataTree) -> RunDiagnostics:
    """Diagnostics of the sampler over all parameters."""
    statistics = tree["sample_stats"].to_dataset()
    energy = az.bfmi(along_imputations(statistics[["energy"]]), group="sample_stats")
    by_chain = energy["energy"].mean(IMPUTATION)
    return RunDiagnostics(
        divergences=int(statistics["diverging"].sum()),
        e_bfmi=tuple(float(value) for value in np.atleast_1d(by_chain.values)),
        max_tree_depth_hits=int(statistics["reached_max_treedepth"].sum()),
        num_imputations=num_imputations(statistics),
    )


def failures(
    parameters: pd.DataFrame,
    run: RunDiagnostics,
    incidental_r_hat: Mapping[str, float] = MappingProxyType({}),
    largest_incidental: Mapping[str, float] = MappingProxyType({}),
) -> list[str]:
    """Every convergence check that a run fails.

    Parameters
    ----------
    parameters : DataFrame
        Result of `diagnose`.
    run : RunDiagnostics
        Result of `diagnose_run`.
    incidental_r_hat : mapping of str to float
        Result of `inference.sampling.incidental.largest_incidental_r_hat`.
    largest_incidental : mapping of str to float
        What is allowed of each; `MAXIMUM_INCIDENTAL_R_HAT` where not given.

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
        allowed = row.get("largest_r_hat", MAXIMUM_R_HAT)
        if not row["r_hat"] <= allowed:
            found.append(f"R-hat of {name} is {row['r_hat']:.3f}, above {allowed:.4g}")
    if run.num_imputations > 1:
        found.extend(_imputation_failures(parameters, run.num_imputations))
    else:
        found.extend(_effective_size_failures(parameters))
    for name, value in incidental_r_hat.items():
        allowed = largest_incidental.get(name, MAXIMUM_INCIDENTAL_R_HAT)
        if not value <= allowed:
            found.append(
                f"the largest R-hat of {name} is {value:.3f}, above {allowed:.4g}"
            )
    return found


def _effective_size_failures(parameters: pd.DataFrame) -> Iterator[str]:
    """Say which parameters are known from too few effective draws."""
    for name, row in parameters.iterrows():
        yield from (
            f"{kind} effective sample size of {name} is {row[f'ess_{kind}']:.0f}, "
            f"below {MINIMUM_EFFECTIVE_SAMPLE_SIZE:.0f}"
            for kind in ("bulk", "tail")
            if not row[f"ess_{kind}"] >= MINIMUM_EFFECTIVE_SAMPLE_SIZE
        )


def _imputation_failures(parameters: pd.DataFrame, number: int) -> Iterator[str]:
    """Say whether chains are too short or imputations too few, over all parameters."""
    of_each = parameters["ess_of_imputation"].fillna(0.0)
    short = of_each[of_each < MINIMUM_EFFECTIVE_DRAWS_OF_AN_IMPUTATION]
    if len(short):
        yield (
            "chains of an imputation are too short: the bulk effective sample size of "
            f"{short.idxmin()}, the median over imputations, is {short.min():.0f}, "
            f"below {MINIMUM_EFFECTIVE_DRAWS_OF_AN_IMPUTATION:.0f}"
        )
    effective = parameters[["ess_bulk", "ess_tail"]].min(axis=1, skipna=False)
    few = effective[~(effective >= MINIMUM_EFFECTIVE_SAMPLE_SIZE)].fillna(0.0)
    if len(few):
        yield (
            f"{number} imputations are too few for {len(few)} of {len(parameters)} "
            f"parameters: the effective number of draws of {few.idxmin()} is "
            f"{few.min():.0f}, below {MINIMUM_EFFECTIVE_SAMPLE_SIZE:.0f}, and up to "
            f"{parameters['missing_information'].max():.0%} of a variance is that of "
            f"the data; {parameters['needed_imputations'].max():.0f} imputations are "
            "needed"
        )


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


def one_row_an_element(statistics: dict[str, xr.Dataset]) -> pd.DataFrame:
    """Elements by name, as "persistence[level]", and a column a statistic."""
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
