"""What the verdict on traces of the yield curve looks at."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import xarray as xr

from data.dims import SECURITY
from inference.checks.fit_to_data import FamilyChecks
from inference.checks.predictive_checks import RELEVANT_RANGE_SHARE, PredictiveCheck
from models.trading_costs.yield_curve import OBSERVED

LEVELS = (0.5, 0.75, 0.9)


def absolute_quantiles_bp(deviation: xr.DataArray) -> xr.DataArray:
    """Quantiles of the absolute deviations from the kernel ridge curve, by level.

    Parameters
    ----------
    deviation : (..., security) DataArray
        Basis points of yield.
    """
    index = pd.Index([f"{level:.0%} quantile" for level in LEVELS], name="label")
    of_size = abs(deviation)
    return xr.concat(
        [of_size.quantile(level, SECURITY).drop_vars("quantile") for level in LEVELS],
        index,
    )


def share_above_pct(deviation: xr.DataArray) -> xr.DataArray:
    """Per cent of securities dearer than the kernel ridge curve."""
    share = 100 * (deviation > 0).mean(SECURITY)
    return share.expand_dims(label=["all securities"])


def security_label(selection: Mapping[str, Any]) -> str:
    """Words for a series: its label."""
    return str(selection.get(SECURITY, "prices"))


CURVE_CHECKS = FamilyChecks(
    predictive=PredictiveCheck(
        variable=OBSERVED,
        subject="deviations from the kernel ridge curve",
        statistics={
            "absolute deviation (bp)": absolute_quantiles_bp,
            "dearer than the curve (%)": share_above_pct,
        },
        scale_statistics=["absolute deviation (bp)"],
        relevant_difference={
            "absolute deviation (bp)": RELEVANT_RANGE_SHARE,
            "dearer than the curve (%)": 15.0,
        },
    ),
    series_label=security_label,
    predicts=False,
    # The directions have a spread of their own: their joint density has no bound.
    searches=False,
    remedies=(
        (
            "",
            "One noise serves all securities: leave out the shortest with "
            "--shortest-days, or the issues on the run with --issues off-the-run.",
        ),
    ),
)
