"""Maturity buckets of the Treasury market."""

TENOR_YEARS = (2, 5, 10, 20)
"""Maturity buckets, named by the zero-coupon tenor (years) they are paired with."""


TENOR_MONTHS = (24, 60, 120, 240)
"""The same tenors in months, the unit of the decay parameter delta."""

MONTHS_PER_YEAR = 12
