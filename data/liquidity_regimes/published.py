"""Published estimates of Meldrum and Sokolinskiy (2025), keyed as our variables are.

`data/published/README.md` names paper, table and units.
"""

import pandas as pd

from data.published import published_estimates

KEYS = ["parameter", "state", "term"]
"""What identifies one estimate of a model: the term is a covariate of the observation
equation or the state moved to."""

_PAPER = "meldrum_sokolinskiy"
_TRANSITION_TABLE = {"constant": "2", "depth": "3"}


def published_threshold_regression() -> pd.DataFrame:
    """Table 1: estimate and standard_error; index beta_1 to threshold_2, and r2."""
    frame = published_estimates(_PAPER, table="1").set_index("parameter")
    return frame[["estimate", "standard_error"]]


def published_liquidity_regimes(transition: str, model: str) -> pd.DataFrame:
    """Estimates of one hidden Markov model of Table 2 or 3.

    Parameters
    ----------
    transition : str
        ``constant`` (Table 2) or ``depth`` (Table 3).
    model : str
        ``I`` to ``IV``, the covariates of
        `data.liquidity_regimes.columns.COVARIATE_SETS`.

    Returns
    -------
    DataFrame
        Index :data:`KEYS`; columns estimate and standard_error, NaN where the number
        is not legible. ``price_impact_slope`` by covariate (V, VV, CS);
        ``noise_sd``, price impact, with an empty term;
        ``transition_probability`` by the state moved to (Table 2);
        ``transition_intercept`` and ``transition_depth_slope`` (per USD million), of
        the log odds of moving to a state against moving to state 1 (Table 3). States
        are text, 1 the least liquid.
    """
    frame = published_estimates(
        _PAPER, table=_TRANSITION_TABLE[transition], model=model
    )
    return frame.set_index(KEYS)[["estimate", "standard_error"]].sort_index()
