"""Words of the price-pressure section: its question, its parameters and their units."""

import pandas as pd

from data.price_pressure.frequency import Frequency

QUESTION = (
    "How far do Treasury yields move with what dealers hold (price pressure, which "
    "passes) and with what their customers buy (price discovery, which stays)? The "
    "state-space model of Mixon and Tuzun (2018, FEDS 2018-065), equations (1) to (6), "
    "as a Bayesian model: observed yields are a three-factor curve, plus price "
    "pressure in proportion to dealers' DV01 in the same maturity bucket, plus noise."
)

PARAMETER_WORDS = {
    "price_pressure": "price pressure (bp per USD million of DV01)",
    "price_discovery": "price discovery (bp per USD billion)",
    "persistence": "persistence (per week)",
    "half_life_weeks": "half-life (weeks)",
    "factor_mean_bp": "factor mean (bp)",
    "factor_innovation_sd_bp": "factor innovation sd (bp a week)",
    "yield_noise_sd_bp": "yield noise sd (bp)",
    "decay_per_month": "decay delta (per month)",
    "factor_half_life_weeks": "half-life of the factors (weeks)",
    "factor_innovation_correlation": "correlation of factor innovations (1)",
    "error_half_life_weeks": "half-life of errors (weeks)",
    "error_innovation_sd_bp": "error innovation sd (bp a week)",
    "intercept_bp": "intercept (bp)",
    "covariance_half_life_weeks": "half-life of covariances (weeks)",
    "covariance_reaction": "reaction of covariances (1)",
    "scale_half_life_weeks": "half-life of the common scale (weeks)",
    "scale_reaction": "reaction of the common scale (1)",
    "degrees_of_freedom": "degrees of freedom (1)",
}
"""Parameter -> words and unit, in weekly panels."""

SHOWN_PARAMETERS = [name for name in PARAMETER_WORDS if name != "half_life_weeks"]
"""For figures of every parameter: a half-life is a persistence said otherwise."""

DECIMALS = {
    "price_pressure": 2,
    "price_discovery": 2,
    "persistence": 4,
    "half_life_weeks": 0,
    "decay_per_month": 4,
    "factor_half_life_weeks": 0,
    "factor_innovation_correlation": 2,
    "covariance_half_life_weeks": 0,
    "covariance_reaction": 3,
    "scale_reaction": 3,
}
"""Of a parameter in tables; 1 for any other."""


def parameter_words(frequency: Frequency) -> dict[str, str]:
    """Words and units where a row of the panel is a week, trading day or month."""
    return {
        name: words.replace(" a week)", f" a {frequency.unit})").replace(
            "(per week)", f"(per {frequency.unit})"
        )
        for name, words in PARAMETER_WORDS.items()
    }


def decimals_of_parameter(frame: pd.DataFrame) -> pd.Series:
    """Decimals of the parameter of each row."""
    return frame["parameter"].map(DECIMALS).fillna(1)


def term_label(label: str) -> str:
    """Words for the label of an order-flow term; any other label as it is.

    Examples
    --------
    >>> term_label("slope:cash:5")
    'slope on 5y cash'
    """
    if ":" not in label:
        return label
    factor, market, tenor = label.split(":")
    return f"{factor} on {tenor}y {market}"


def coefficient_label(row: pd.Series) -> str:
    """Words for the keys of a row: "10y cash", "slope on 5y cash", "level"."""
    bucket = f"{row['tenor_years']}y {row['market']}" if row["market"] else ""
    if row["tenor_years"] and not row["market"]:
        bucket = f"{row['tenor_years']}y"
    return " on ".join(part for part in (row["factor"], bucket) if part) or "scalar"
