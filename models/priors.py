"""Prior families that several models share."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class LogNormalPrior:
    """Log-normal prior of a positive quantity.

    Parameters
    ----------
    median : float
        In the unit of the quantity.
    log_sd : float
        Standard deviation of its natural logarithm.
    """

    median: float
    log_sd: float
