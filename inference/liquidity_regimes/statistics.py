"""What replicated price impact is compared with observed price impact by.

Its distribution, how long it remembers, how far it moves in a day and how often it
spikes: a model of regimes has to get all of them right at once.
"""

import pandas as pd
import xarray as xr

from inference.checks.predictive_checks import (
    RELEVANT_CORRELATION,
    RELEVANT_SHARE,
    PredictiveCheck,
)

QUANTILES = (0.05, 0.5, 0.95, 0.99, 1.0)
LAGS_DAYS = (1, 5, 20, 60)
MULTIPLES = (1.5, 2.0, 3.0)
CHANGE_QUANTILES = (0.5, 0.95, 0.99, 1.0)


def _labelled(values: dict[str, xr.DataArray]) -> xr.DataArray:
    """Join along "label", with the security in front where there are several."""
    index = pd.Index(list(values), name="label")
    joined = xr.concat(
        list(values.values()), dim=index, coords="minimal", compat="override"
    )
    if "security" not in joined.dims:
        return joined
    words = [
        f"{security} {label}"
        for security in joined["security"].to_numpy()
        for label in index
    ]
    flat = joined.stack(cell=("security", "label"), create_index=False)  # noqa: PD013
    return (
        flat.drop_vars(["security", "label"], errors="ignore")
        .rename(cell="label")
        .assign_coords(label=words)
    )


def _percent(quantile: float) -> str:
    return "largest" if quantile == 1 else f"{100 * quantile:g}%"


def price_impact_quantiles(impact: xr.DataArray) -> xr.DataArray:
    """Quantiles of price impact over the days, in its unit."""
    found = impact.quantile(list(QUANTILES), "day", skipna=True)
    return _labelled({_percent(q): found.sel(quantile=q, drop=True) for q in QUANTILES})


def price_impact_autocorrelation(impact: xr.DataArray) -> xr.DataArray:
    """Autocorrelation of price impact at a few lags; missing days are left out."""
    days = impact.drop_vars("day", errors="ignore")
    return _labelled(
        {
            f"{lag}": xr.corr(
                days.isel(day=slice(lag, None)), days.isel(day=slice(None, -lag)), "day"
            )
            for lag in LAGS_DAYS
            if lag < days.sizes["day"] // 2
        }
    )


def spike_share(impact: xr.DataArray) -> xr.DataArray:
    """Days above a multiple of the series' own median, per cent of observed days."""
    observed = xr.ufuncs.isfinite(impact)
    median = impact.median("day", skipna=True)
    return _labelled(
        {
            f"{multiple:g}×": 100
            * (impact > multiple * median).sum("day")
            / observed.sum("day")
            for multiple in MULTIPLES
        }
    )


def change_quantiles(impact: xr.DataArray) -> xr.DataArray:
    """Quantiles of the size of the change from one day to the next."""
    size = abs(impact.diff("day"))
    found = size.quantile(list(CHANGE_QUANTILES), "day", skipna=True)
    return _labelled(
        {_percent(q): found.sel(quantile=q, drop=True) for q in CHANGE_QUANTILES}
    )


RELEVANT_SPIKE_SHARE_PCT = 2.0
"""Points: five days a year more, or fewer, on which liquidity is poor."""

PRICE_IMPACT_CHECK = PredictiveCheck(
    variable="price_impact",
    subject="price impacts",
    statistics={
        "quantiles of price impact": price_impact_quantiles,
        "autocorrelation by lag (days)": price_impact_autocorrelation,
        "days above a multiple of the median (%)": spike_share,
        "quantiles of the absolute daily change": change_quantiles,
    },
    scale_statistics=(
        "quantiles of price impact",
        "quantiles of the absolute daily change",
    ),
    relevant_difference={
        "quantiles of price impact": RELEVANT_SHARE,
        "autocorrelation by lag (days)": RELEVANT_CORRELATION,
        "days above a multiple of the median (%)": RELEVANT_SPIKE_SHARE_PCT,
        "quantiles of the absolute daily change": RELEVANT_SHARE,
    },
    observed_mask="is_observed",
)
