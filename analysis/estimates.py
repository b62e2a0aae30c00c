"""Posterior draws to tidy frames: mean, deviation, interval, probability of the sign.

Every interval here is equal-tailed: 2.5% of the posterior lies below it and 2.5%
above. It does not change its meaning under monotone transformations, which is why it
is preferred to the highest-density interval for persistences and half-lives.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import xarray as xr
from arviz_base import xarray_sel_iter

MAX_DRAWS = 1000
"""Draws behind a band through time: more would not show at 200 dots per inch."""


CREDIBLE_MASS = 0.95
TAIL = (1 - CREDIBLE_MASS) / 2
SAMPLE_DIMS = ("chain", "draw")


def stacked(draws: xr.DataArray) -> xr.DataArray:
    """Draws of all chains along one dimension "sample", placed last.

    Returns
    -------
    (..., sample) DataArray
    """
    if "sample" in draws.dims:
        return draws.transpose(..., "sample")
    # xarray's stack joins dimensions; the rule means the method of pandas.
    joined = draws.stack(sample=SAMPLE_DIMS, create_index=False)  # noqa: PD013
    return joined.transpose(..., "sample")


def summarise_draws(draws: xr.DataArray) -> xr.Dataset:
    """Posterior mean, standard deviation, equal-tailed 95% interval and P(> 0).

    Parameters
    ----------
    draws : (chain, draw, ...) or (sample, ...) DataArray
        Any unit.

    Returns
    -------
    Dataset
        Variables mean, sd, lower_95, upper_95 (unit of the draws) and
        probability_positive, each over the remaining dimensions.
    """
    sample = stacked(draws)
    bounds = sample.quantile([TAIL, 1 - TAIL], dim="sample")
    return xr.Dataset(
        {
            "mean": sample.mean("sample"),
            "sd": sample.std("sample", ddof=1),
            "lower_95": bounds.isel(quantile=0, drop=True),
            "upper_95": bounds.isel(quantile=-1, drop=True),
            "probability_positive": (sample > 0).mean("sample"),
        }
    )


def summary_of_one(draws: xr.DataArray) -> dict[str, float]:
    """:func:`summarise_draws` of draws of one number."""
    summary = summarise_draws(draws)
    return {str(name): float(value) for name, value in summary.data_vars.items()}


def flat(dataset: xr.Dataset, *dims: str) -> pd.DataFrame:
    """One row a point, its coordinates first: what a figure over a grid is drawn of."""
    frame = dataset.to_dataframe(dim_order=list(dims)).reset_index()
    return frame[[*dims, *dataset.data_vars]]


def gridded(frame: pd.DataFrame, *dims: str) -> xr.Dataset:
    """What :func:`flat` made flat."""
    return frame.set_index(list(dims)).to_xarray()


def element_estimates(
    draws: xr.Dataset,
    parameters: Sequence[str],
    element_label: Callable[[Mapping[str, Any]], str],
) -> pd.DataFrame:
    """One row an element of any parameter, whatever its dimensions.

    Parameters
    ----------
    draws : (chain, draw, ...) Dataset
        Group `posterior` or `prior` of a trace.
    parameters : sequence of str
        Which variables, in the order of the rows; empty ones have no rows.
    element_label : callable
        Words for an element from its coordinates by dimension.

    Returns
    -------
    DataFrame
        Columns parameter, element (name in the diagnostics: "persistence[level]"),
        label, and those of :func:`summarise_draws`.
    """
    rows = []
    for name, selection, _ in xarray_sel_iter(
        draws[list(parameters)], skip_dims=set(SAMPLE_DIMS)
    ):
        place = ", ".join(str(value) for value in selection.values())
        rows.append(
            {
                "parameter": str(name),
                "element": f"{name}[{place}]" if place else str(name),
                "label": element_label(selection),
            }
            | summary_of_one(draws[name].sel(selection))
        )
    return pd.DataFrame(rows)


def thinned(draws: xr.DataArray) -> xr.DataArray:
    """At most :data:`MAX_DRAWS` draws, evenly spaced, along "sample"."""
    sample = stacked(draws)
    return sample.isel(
        sample=slice(None, None, -(-sample.sizes["sample"] // MAX_DRAWS))
    )


def is_settled(frame: pd.DataFrame) -> pd.Series:
    """Whether the 95% interval of each row lies on one side of zero."""
    return (frame["lower_95"] > 0) | (frame["upper_95"] < 0)
