"""What one fit says of the parameters that made its data."""

import arviz as az
import pandas as pd
import xarray as xr

from inference.checks.diagnostics import one_row_an_element
from inference.sampling import SAMPLE_DIMS

TAIL_PROBABILITY = 0.025
"""Below and above an equal-tailed 95% interval."""


def replication_rows(
    draws: xr.DataTree, truth: xr.Dataset, variant: str, seed: int
) -> pd.DataFrame:
    """What one fit says of the parameters that made its data.

    Parameters
    ----------
    draws : xr.DataTree
        Groups ``posterior`` and ``sample_stats`` of the fit.
    truth : xr.Dataset
        True values.
    variant : str
        Name of the model's variant.
    seed : int
        Of the simulated data.

    Returns
    -------
    DataFrame
        One row an element: ``variant``, ``seed``, the columns of `compare_with_truth`
        and ``divergences`` of the fit.
    """
    table = compare_with_truth(draws["posterior"].to_dataset(), truth)
    table.insert(0, "variant", variant)
    table.insert(1, "seed", seed)
    table["divergences"] = int(draws["sample_stats"]["diverging"].sum())
    return table


def compare_with_truth(posterior: xr.Dataset, truth: xr.Dataset) -> pd.DataFrame:
    """Set the posterior of every parameter element beside its true value.

    Parameters
    ----------
    posterior : (chain, draw, ...) xr.Dataset
        Draws of every variable of `truth`.
    truth : xr.Dataset
        True values.

    Returns
    -------
    DataFrame
        One row an element: ``parameter``, ``element`` (empty of a scalar), ``truth``,
        ``mean``, ``sd``, ``lower_95``, ``upper_95`` (equal-tailed), ``r_hat``,
        ``ess_bulk``, ``ess_tail``, ``is_covered``.
    """
    draws = posterior[list(truth.data_vars)]
    quantile = draws.quantile([TAIL_PROBABILITY, 1 - TAIL_PROBABILITY], SAMPLE_DIMS)
    statistics = {
        "truth": truth,
        "mean": draws.mean(SAMPLE_DIMS),
        "sd": draws.std(SAMPLE_DIMS, ddof=1),
        "lower_95": quantile.isel(quantile=0, drop=True),
        "upper_95": quantile.isel(quantile=1, drop=True),
        "r_hat": az.rhat(draws),
        "ess_bulk": az.ess(draws, method="bulk"),
        "ess_tail": az.ess(draws, method="tail"),
    }
    table = one_row_an_element(statistics)
    table["is_covered"] = table["truth"].between(table["lower_95"], table["upper_95"])
    names = table.index.to_series().str.extract(
        r"^(?P<parameter>\w+)(?:\[(?P<element>.+)\])?$"
    )
    names = names.fillna({"element": ""})
    return pd.concat([names, table], axis=1).reset_index(drop=True)
