"""Posterior draws to tidy frames: mean, deviation, interval, probability of the sign.

Every interval here is equal-tailed: 2.5% of the posterior lies below it and 2.5%
above. It does not change its meaning under monotone transformations, which is why it
is preferred to the highest-density interval for persistences and half-lives.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from arviz_base import xarray_sel_iter

from data.published import KEYS

CREDIBLE_MASS = 0.95
TAIL = (1 - CREDIBLE_MASS) / 2
SAMPLE_DIMS = ("chain", "draw")


def stacked(draws: xr.DataArray) -> xr.DataArray:
    """Draws of all chains along one dimension "sample", placed last.

    Parameters
    ----------
    draws : (chain, draw, ...) or (sample, ...) DataArray

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
        summary = summarise_draws(draws[name].sel(selection))
        rows.append(
            {
                "parameter": str(name),
                "element": f"{name}[{place}]" if place else str(name),
                "label": element_label(selection),
            }
            | {key: float(value) for key, value in summary.data_vars.items()}
        )
    return pd.DataFrame(rows)


def order_flow_term_keys(labels: np.ndarray) -> pd.DataFrame:
    """Split labels such as "level:cash:10" into factor, market and tenor.

    Parameters
    ----------
    labels : (order_flow_term,) str

    Returns
    -------
    DataFrame
        Columns factor, market, tenor_years; index = the labels.
    """
    parts = [str(label).split(":") for label in labels]
    return pd.DataFrame(
        {
            "factor": [part[0] for part in parts],
            "market": [part[1] for part in parts],
            "tenor_years": [int(part[2]) for part in parts],
        },
        index=pd.Index(labels, name="order_flow_term"),
    )


def _keyed(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of one variable's summary the common keys."""
    if "order_flow_term" in frame:
        terms = order_flow_term_keys(frame.pop("order_flow_term").to_numpy())
        frame = pd.concat([terms.reset_index(drop=True), frame], axis=1)
    frame = frame.rename(columns={"inventory_market": "market", "tenor": "tenor_years"})
    frame["parameter"] = name
    absent: dict[str, str | int] = {"factor": "", "market": "", "tenor_years": 0}
    for key, value in absent.items():
        if key not in frame:
            frame[key] = value
    return frame


def tidy_estimates(posterior: xr.Dataset, parameters: list[str]) -> pd.DataFrame:
    """One row a coefficient.

    Parameters
    ----------
    posterior : Dataset
        Group `posterior` of a trace; dimensions chain, draw and the variable's own.
    parameters : list of str
        Which variables, in the order of the rows; those the trace lacks are left out.

    Returns
    -------
    DataFrame
        Columns :data:`data.published.KEYS`, then those of
        :func:`summarise_draws`. Keys that do not apply hold "" or 0.
    """
    rows = []
    for name in parameters:
        if name not in posterior or posterior[name].size == 0:
            continue
        summary = summarise_draws(posterior[name])
        frame = summary.to_dataframe() if summary.dims else summary.to_pandas()
        if isinstance(frame, pd.Series):
            frame = frame.to_frame().T
        frame = frame.reset_index(drop=not summary.dims)
        rows.append(_keyed(name, frame))
    columns = [*KEYS, *_SUMMARY_COLUMNS]
    return pd.concat(rows, ignore_index=True)[columns]


_SUMMARY_COLUMNS = ["mean", "sd", "lower_95", "upper_95", "probability_positive"]


def variance_ratio_pct(
    posterior: xr.Dataset, order_flow_surprise: xr.DataArray
) -> xr.DataArray:
    """Variance of a factor due to one order flow over that of its innovation.

    Parameters
    ----------
    posterior : Dataset
        With price_discovery (chain, draw, order_flow_term), basis points per USD
        billion, and factor_innovation_sd_bp (chain, draw, factor), basis points.
    order_flow_surprise : (week, order_flow_term) DataArray
        USD billion a week.

    Returns
    -------
    (chain, draw, order_flow_term) DataArray
        Per cent.

    Notes
    -----
    Lambda^2 Var(OF) / Var(omega): Table VI of Mixon and Tuzun (2018), after
    Hendershott and Menkveld (2014). Var(OF) is the sample variance of the surprise
    that enters equation (4).
    """
    labels = posterior["price_discovery"]["order_flow_term"]
    factor = xr.DataArray(
        order_flow_term_keys(labels.to_numpy())["factor"].to_numpy(),
        dims="order_flow_term",
    )
    innovation_sd = posterior["factor_innovation_sd_bp"].sel(factor=factor)
    variance = order_flow_surprise.var("week", ddof=1)
    ratio = posterior["price_discovery"] ** 2 * variance / innovation_sd**2
    return 100 * ratio.drop_vars("factor").assign_coords(order_flow_term=labels)


def cash_minus_futures(posterior: xr.Dataset) -> xr.DataArray:
    """Draws of pi_cash - pi_futures by bucket, bp per USD million of DV01.

    Parameters
    ----------
    posterior : Dataset
        With price_pressure (chain, draw, inventory_market, tenor) of both markets.

    Returns
    -------
    (chain, draw, tenor) DataArray
    """
    pressure = posterior["price_pressure"]
    cash = pressure.sel(inventory_market="cash", drop=True)
    return cash - pressure.sel(inventory_market="futures", drop=True)
