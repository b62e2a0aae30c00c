"""What an order flow does to the whole yield curve (Figure 4).

A surprise in order flow moves the level and the slope at once and for good, equation
(4) of Mixon and Tuzun (2018); equation (3) spreads both over the maturities.
"""

import numpy as np
import xarray as xr

from analysis.estimates import stacked
from analysis.fit import Fit
from analysis.price_pressure.estimates import order_flow_term_keys
from data.price_pressure.columns import FACTORS, MARKETS_AND_NET
from data.price_pressure.factor_exposures import DECAY_PER_MONTH
from models.price_pressure.nelson_siegel import nelson_siegel_loadings

MATURITIES_YEARS = np.arange(2, 21)


def order_flow_shock_busd(fit: Fit, market: str, tenor: int) -> float:
    """One standard deviation of an order flow, USD billion a step of the panel.

    Parameters
    ----------
    fit : Fit
    market : {"cash", "futures", "net"}
    tenor : int
        Bucket, years.

    Returns
    -------
    float
        Of the raw order flow, as in the paper, where the panel holds it; else of its
        surprise; NaN where it holds neither.
    """
    for name in ("order_flow_busd", "order_flow_surprise_busd"):
        flow = fit.panel[name].sel(market=market, tenor=tenor)
        if np.isfinite(flow).any():
            return float(flow.std(fit.description.time_dim, ddof=1))
    return float("nan")


def order_flow_response_bp(fit: Fit, market: str, tenor: int) -> xr.DataArray:
    """Change of the efficient curve at the date of a one-deviation order flow.

    Parameters
    ----------
    fit : Fit
    market : {"cash", "futures", "net"}
        A flow in cash or futures moves net order flow by as much, so terms in net
        order flow respond too.
    tenor : int
        Bucket of the order flow, years.

    Returns
    -------
    (maturity_years, sample) DataArray
        Basis points.
    """
    draws = stacked(fit.posterior["price_discovery"])
    keys = order_flow_term_keys(draws["order_flow_term"].to_numpy())
    moved = (keys["tenor_years"] == tenor) & keys["market"].isin([market, "net"])
    shock = order_flow_shock_busd(fit, market, tenor)
    loading = _loadings(fit)
    terms = [
        draws.sel(order_flow_term=label, drop=True) * loading.sel(factor=factor)
        for label, factor in keys.loc[moved, "factor"].items()
    ]
    response: xr.DataArray = shock * sum(terms[1:], terms[0])
    return response.transpose("maturity_years", "sample")


def responding_markets(fit: Fit, tenor: int) -> list[str]:
    """Markets whose order flow in a bucket the variant tells apart.

    Parameters
    ----------
    fit : Fit
        Of a variant with order flow.
    tenor : int
        Bucket, years.

    Returns
    -------
    list of str
        "net" only where the bucket is not split.
    """
    labels = fit.posterior["price_discovery"]["order_flow_term"].to_numpy()
    keys = order_flow_term_keys(labels)
    found = set(keys.loc[keys["tenor_years"] == tenor, "market"])
    apart = found - {"net"} or found
    return [market for market in MARKETS_AND_NET if market in apart]


def _loadings(fit: Fit) -> xr.DataArray:
    """Compute the factors' loadings at each maturity, for every draw of the decay."""
    decay = np.array([DECAY_PER_MONTH])
    if "decay_per_month" in fit.posterior:
        decay = stacked(fit.posterior["decay_per_month"]).to_numpy()
    months = 12.0 * MATURITIES_YEARS
    loading = [nelson_siegel_loadings(float(value), months) for value in decay]
    by_draw = xr.DataArray(
        np.stack(loading),
        dims=("sample", "maturity_years", "factor"),
        coords={"maturity_years": MATURITIES_YEARS, "factor": list(FACTORS)},
    )
    return by_draw if len(decay) > 1 else by_draw.isel(sample=0)
