"""Published estimates of Meldrum and Sokolinskiy (2025), keyed as our variables are.

The numbers are package data; `published/README.md` names paper, table and units.
"""

from importlib import resources

import pandas as pd

KEYS = ["parameter", "state", "term"]
"""What identifies one estimate of a model: the term is a covariate of the observation
equation or the state moved to."""

_PARAMETERS = {
    "beta": "price_impact_slope",
    "sigma2": "noise_variance",
    "p": "transition_probability",
    "delta": "transition_intercept",
    "gamma": "transition_depth_slope",
}
_TRANSITION_TABLE = {"constant": "2", "depth": "3"}


def _read(table: str) -> pd.DataFrame:
    name = f"meldrum_sokolinskiy_table_{table}.csv"
    with (resources.files("data") / "published" / name).open() as file:
        return pd.read_csv(file)


def published_threshold_regression() -> pd.DataFrame:
    """Table 1: estimate and standard_error; index beta_1 to threshold_2, and r2."""
    return _read("1").set_index("parameter")


def published_liquidity_regimes(transition: str, model: str) -> pd.DataFrame:
    """Estimates of one hidden Markov model of Table 2 or 3.

    Parameters
    ----------
    transition : str
        ``constant`` (Table 2) or ``depth`` (Table 3).
    model : str
        ``I`` to ``IV``, the covariates of `data.liquidity_columns.COVARIATE_SETS`.

    Returns
    -------
    DataFrame
        Index :data:`KEYS`; columns estimate and standard_error, NaN where the number
        is not legible. ``price_impact_slope`` by covariate (V, VV, CS);
        ``noise_variance``, squared price impact, with an empty term;
        ``transition_probability`` by the state moved to (Table 2);
        ``transition_intercept`` and ``transition_depth_slope`` (per USD million), of
        the log odds of moving to a state against moving to state 1 (Table 3). States
        are text, 1 the least liquid.
    """
    frame = _read(_TRANSITION_TABLE[transition])
    frame = frame[frame["model"] == model]
    words = frame["parameter"].str.split("_")
    kind = words.str[0]
    last = words.str[-1]
    moves = frame["block"] == "transition"
    keyed = pd.DataFrame(
        {
            "parameter": kind.map(_PARAMETERS),
            "state": last.where(~moves, last.str[0]),
            "term": last.str[1].where(moves, words.str[1].where(kind == "beta", "")),
            "estimate": frame["estimate"],
            "standard_error": frame["standard_error"],
        }
    )
    return keyed.set_index(KEYS).sort_index()
