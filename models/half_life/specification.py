"""Which half-life regression is fitted, and its priors."""

from dataclasses import dataclass

from data.errors import DataError
from data.half_life.checks import COVARIATES
from models.half_life.covariates import DEVIATION_SIZE
from models.priors import LogNormalPrior

PROPORTIONAL_HAZARD = "proportional-hazard"
DISCRETE_WEIBULL = "discrete-weibull"
LINEAR = "linear"

IMPUTE = "impute"
LEAVE_OUT = "leave-out"

MISSING = {
    IMPUTE: "a covariate that an outcome lacks is drawn, given all else",
    LEAVE_OUT: "an outcome that lacks a covariate is left out",
}
"""Name on the command line -> what becomes of outcomes that lack a covariate."""

CHOICES = (*COVARIATES, DEVIATION_SIZE)
"""Covariates that may be asked for."""

VARIANTS = {
    PROPORTIONAL_HAZARD: "a baseline hazard of its own for every day",
    DISCRETE_WEIBULL: "a baseline hazard that rises or falls with a power of the day",
    LINEAR: "a linear regression of the half-lives that were resolved",
}
"""Name on the command line -> what it assumes."""


@dataclass(frozen=True, kw_only=True)
class HalfLifeSpecification:
    """A half-life regression.

    Parameters
    ----------
    variant : str
        One of `VARIANTS`.
    covariates : tuple of str, optional
        Columns of the panel. Where left out, every column known for at least half of
        the outcomes: see `models.half_life.inputs`.
    missing : str
        One of `MISSING`; see `models.half_life.missing_covariates`. A covariate that is
        known for less than half of the outcomes is never imputed.

    Raises
    ------
    DataError
        If there is no such variant, covariate or treatment.
    """

    variant: str
    covariates: tuple[str, ...] | None = None
    missing: str = IMPUTE

    def __post_init__(self) -> None:
        if self.variant not in VARIANTS:
            raise DataError(
                f"there is no variant {self.variant!r}",
                f"Choose one of {', '.join(VARIANTS)}.",
            )
        if self.missing not in MISSING:
            raise DataError(
                f"there is no way {self.missing!r} to treat missing covariates",
                f"Choose one of {', '.join(MISSING)}.",
            )
        for name in self.covariates or ():
            if name not in CHOICES:
                raise DataError(
                    f"there is no covariate {name!r}",
                    f"Choose from {', '.join(CHOICES)}.",
                )


@dataclass(frozen=True, kw_only=True)
class HalfLifePriors:
    """Priors of both duration models; none has a view on the sign of an effect.

    Parameters
    ----------
    first_day_hazard : LogNormalPrior
        Cumulative hazard of the first day at average covariates. One in ten halves on
        the first day; from 1 to 50 percent.
    daily_change_sd : float
        Of the log baseline hazard from one day to the next, a random walk: a hazard
        may halve or double from day to day, yet a day on which nothing happened
        borrows from its neighbours. Proportional hazard only.
    shape : LogNormalPrior
        Power of the day in the cumulative hazard of the discrete Weibull: 1 is a
        constant hazard.
    coefficient_sd : float
        Log hazard ratio of one standard deviation of a covariate, normal around 0: a
        hazard between a third and three times as high.
    event_tenor_sd, date_sd : LogNormalPrior
        Spread of the log hazard between event types by tenors, and between dates.
    """

    first_day_hazard: LogNormalPrior = LogNormalPrior(median=0.1, log_sd=1.0)
    daily_change_sd: float = 0.5
    shape: LogNormalPrior = LogNormalPrior(median=1.0, log_sd=0.5)
    coefficient_sd: float = 0.5
    event_tenor_sd: LogNormalPrior = LogNormalPrior(median=0.25, log_sd=0.75)
    date_sd: LogNormalPrior = LogNormalPrior(median=0.25, log_sd=0.75)


@dataclass(frozen=True, kw_only=True)
class LinearHalfLifePriors:
    """Priors of the linear regression, in days.

    Parameters
    ----------
    intercept_days, intercept_sd_days : float
        Normal: half-lives are measured up to ten days.
    coefficient_sd_days : float
        Of one standard deviation of a covariate, normal around 0.
    event_tenor_sd_days, noise_sd_days : LogNormalPrior
        Spread between event types by tenors, and around the regression.
    """

    intercept_days: float = 5.0
    intercept_sd_days: float = 5.0
    coefficient_sd_days: float = 2.0
    event_tenor_sd_days: LogNormalPrior = LogNormalPrior(median=1.0, log_sd=0.75)
    noise_sd_days: LogNormalPrior = LogNormalPrior(median=3.0, log_sd=1.0)
