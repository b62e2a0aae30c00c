"""Arrays of the liquidity-regimes model by the name of its data variable."""

import numpy as np
from numpy.typing import NDArray

from models.liquidity_regimes.clusters import cluster_days, usual_depth
from models.liquidity_regimes.inputs import LiquidityRegimesInputs
from models.liquidity_regimes.specification import LiquidityRegimesSpecification

OBSERVED_PRICE_IMPACT = "observed_price_impact"
IS_OBSERVED = "is_observed"
COVARIATES = "covariates_bp"
DEPTH = "depth_musd"
DEPTH_SD = "depth_sd_musd"
USUAL_DEPTH = "usual_depth_musd"
SLOPE_UNIT = "slope_unit"
NOISE_UNIT = "noise_unit"
SURPRISE_UNIT = "surprise_slope_unit"

PRIOR_SCALES = (DEPTH_SD, USUAL_DEPTH, SLOPE_UNIT, NOISE_UNIT, SURPRISE_UNIT)
"""Data variables that are statistics of the data, in which priors are set."""


def model_data(
    inputs: LiquidityRegimesInputs, specification: LiquidityRegimesSpecification
) -> dict[str, NDArray[np.float64]]:
    """Everything that the model takes from the data.

    Parameters
    ----------
    inputs : LiquidityRegimesInputs
        Complete inputs.
    specification : LiquidityRegimesSpecification
        A dimension ``security`` is there only where the model is market-wide.

    Returns
    -------
    dict of str to array
        Price impact, whether it was observed, covariates (bp) and depth (USD million)
        by day; the standard deviation of depth, and the depth at which each state of
        `cluster_days` lasts; the units of volatility slopes, noise and slopes on
        surprises in which priors are set.
    """
    states = cluster_days(inputs, specification.num_states)[0].state
    surprise_sd = inputs.covariates[:, 1:].std(axis=0)
    data = {
        COVARIATES: inputs.covariates,
        DEPTH: inputs.depth_musd,
        DEPTH_SD: np.asarray(inputs.depth_musd.std()),
        USUAL_DEPTH: usual_depth(inputs.depth_musd, states, specification.num_states),
    }
    by_security = {
        OBSERVED_PRICE_IMPACT: inputs.price_impact,
        IS_OBSERVED: inputs.is_observed,
        SLOPE_UNIT: inputs.slope_unit,
        NOISE_UNIT: inputs.noise_unit,
        SURPRISE_UNIT: (inputs.noise_unit[:, None] / surprise_sd).T,
    }
    if not specification.is_market_wide:
        by_security = {name: array[..., 0] for name, array in by_security.items()}
    return data | by_security
