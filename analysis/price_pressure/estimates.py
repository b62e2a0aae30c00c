"""Coefficients of price pressure as tidy frames, and what follows from them."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from analysis.estimates import summarise_draws
from analysis.every_model.tables_fit import uninformed_parameters
from analysis.fit import Fit
from data.price_pressure.published import KEYS


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
    frame = frame.rename(
        columns={
            "inventory_market": "market",
            "tenor": "tenor_years",
            "factor_pair": "factor",
        }
    )
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
        Columns :data:`data.price_pressure.published.KEYS`, then those of
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
    order_flow_surprise : (date, order_flow_term) DataArray
        USD billion.

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
    variance = order_flow_surprise.var(_other_dim(order_flow_surprise), ddof=1)
    ratio = posterior["price_discovery"] ** 2 * variance / innovation_sd**2
    return 100 * ratio.drop_vars("factor").assign_coords(order_flow_term=labels)


def _other_dim(flows: xr.DataArray) -> list[Hashable]:
    return [dim for dim in flows.dims if dim != "order_flow_term"]


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


def has_inventory(fit: Fit) -> bool:
    """Whether inventory presses on yields in a fit's variant."""
    return "price_pressure" in fit.posterior


def inventory_markets(fit: Fit) -> set[str]:
    """Markets whose inventory presses on yields in a fit's variant."""
    if not has_inventory(fit):
        return set()
    return set(fit.posterior["inventory_market"].to_numpy().tolist())


def informed(fit: Fit, frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of a frame keyed as `tidy_estimates` that do not repeat their prior."""
    uninformed = set(uninformed_parameters(fit))
    rows = frame.to_dict("records")
    return frame[[_diagnostics_label(row) not in uninformed for row in rows]]


def _diagnostics_label(row: Mapping[Hashable, Any]) -> str:
    """Name of a row in the diagnostics, such as "price_pressure[cash, 2]"."""
    if row["parameter"] == "price_discovery":
        return f"price_discovery[{row['factor']}:{row['market']}:{row['tenor_years']}]"
    keys = [row["factor"], row["market"], row["tenor_years"]]
    return f"{row['parameter']}[{', '.join(str(key) for key in keys if key)}]"
