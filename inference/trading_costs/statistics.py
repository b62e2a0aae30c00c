"""What replicated trading costs are compared with observed ones by."""

import xarray as xr

from data.dims import BIN, TRADE
from inference.checks.predictive_checks import PredictiveCheck

MEAN_RESPONSE = "mean_response_bp"
SIGNED_DEVIATION = "signed_deviation_bp"

QUANTILES = (0.005, 0.05, 0.25, 0.5, 0.75, 0.95, 0.995)

RELEVANT_MEAN_BP = 0.05
"""A seventh of the published median effective spread of 0.37 bp."""

RELEVANT_QUANTILE_BP = 0.1


def mean_by_bin_bp(mean: xr.DataArray) -> xr.DataArray:
    """Mean response of each bin of rows that has any, basis points.

    Parameters
    ----------
    mean : (..., bin) DataArray

    Returns
    -------
    (..., label) DataArray
    """
    return mean.rename({BIN: "label"})


def signed_quantiles_bp(deviation: xr.DataArray) -> xr.DataArray:
    """Quantiles of deviations in the customer's direction, basis points.

    Parameters
    ----------
    deviation : (..., trade) DataArray
        NaN where the side is not known.

    Returns
    -------
    (..., label) DataArray
    """
    found = deviation.quantile(list(QUANTILES), TRADE, skipna=True)
    labels = [f"{100 * quantile:g}%" for quantile in QUANTILES]
    return found.rename(quantile="label").assign_coords(label=labels)


MEAN_TITLE = "mean response by bin (bp)"
QUANTILE_TITLE = "quantiles of deviations in the customer's direction (bp)"

MEAN_CHECK = PredictiveCheck(
    variable=MEAN_RESPONSE,
    subject="mean responses",
    statistics={MEAN_TITLE: mean_by_bin_bp},
    scale_statistics=[],
    relevant_difference={MEAN_TITLE: RELEVANT_MEAN_BP},
)
"""Of the Gaussian responses, whose answers are means: bins of indicative spread,
volume, benchmark illiquidity and seasoning show where the formula bends wrongly."""

QUANTILE_CHECK = PredictiveCheck(
    variable=SIGNED_DEVIATION,
    subject="deviations",
    statistics={QUANTILE_TITLE: signed_quantiles_bp},
    scale_statistics=[],
    relevant_difference={QUANTILE_TITLE: RELEVANT_QUANTILE_BP},
)
"""Of ``joint``, whose answers rest on the shapes of cost and error."""
