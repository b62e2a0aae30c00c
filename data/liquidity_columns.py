"""Names and units of the columns of a liquidity panel.

One row a trading day and security; the column name carries the unit.
"""

SECURITY_COLUMN = "security"
"""Label such as ``10y``; a file without it holds one security."""

ONLY_SECURITY = "security"
"""How the security of a file without labels is called."""

PRICE_IMPACT_COLUMN = "price_impact"
"""Price move per net traded amount, in any unit; a missing day is an empty cell."""

DEPTH_COLUMN = "depth_musd"
"""Average market depth of the day, USD million."""

VOLATILITY_COLUMN = "volatility_bp"
"""Implied volatility of interest rates, annualised basis points."""

VOLATILITY_1M_COLUMN = "volatility_1m_bp"
VOLATILITY_3M_COLUMN = "volatility_3m_bp"
"""The same for options that expire in one and in three months."""

VOLATILITY_OF_VOLATILITY_COLUMN = "volatility_of_volatility_surprise_bp"
PERSISTENCE_COLUMN = "persistence_surprise_bp"
"""What `data.volatility_surprises` makes of the volatilities, basis points."""

STATE_COLUMN = "simulated_state"
"""Liquidity state behind a simulated day, 1 the least liquid; only in simulations."""

COVARIATE_COLUMNS = {
    "V": VOLATILITY_COLUMN,
    "VV": VOLATILITY_OF_VOLATILITY_COLUMN,
    "CS": PERSISTENCE_COLUMN,
}
"""Covariates by the symbols of Meldrum and Sokolinskiy (2025)."""

COVARIATE_SETS = {
    "I": ("V",),
    "II": ("V", "VV"),
    "III": ("V", "CS"),
    "IV": ("V", "VV", "CS"),
}
"""Covariates of the paper's Models I to IV."""
