"""Priors of the liquidity-regimes model."""

from dataclasses import dataclass

from models.priors import LogNormalPrior, StudentTPrior


@dataclass(frozen=True, kw_only=True)
class LiquidityRegimesPriors:
    """Priors, proper and in units that the data set, so that any unit will do.

    Price impact has no natural unit. Two rough statistics of the data serve as units:
    the least-squares slope of price impact on volatility through the origin, and the
    standard deviation of its residuals. Depth is in standard deviations around its
    mean. No prior has a view on the direction of the effect of depth.

    Parameters
    ----------
    lowest_slope : LogNormalPrior
        Volatility slope of the most liquid state, in slopes of the whole sample: below
        the average by construction, from a quarter to twice of it. Positive: price
        impact and volatility are, and the equation has no intercept.
    slope_step : LogNormalPrior
        From a state's volatility slope to that of the next less liquid one, in slopes
        of the whole sample; from a thirtieth to three. Vanishing at zero, it keeps
        states apart, which is what makes them more than labels.
    surprise_slope_sd : float
        Normal around 0: effect of one standard deviation of VV or CS, in residual
        standard deviations.
    noise_sd : LogNormalPrior
        Of a state, in residual standard deviations of the whole sample: smaller than
        one as a rule, since states explain part of them.
    degrees_of_freedom : LogNormalPrior
        Of Student-t noise; from 2, infinite variance, to 100, practically normal.
    departure_log_odds : StudentTPrior
        Log odds of leaving a state for a given other one, against staying, on a day
        with the depth at which the state usually lasts. With three states it then stays
        with a probability of 0.1 to 0.996 (95%), 0.95 in the middle: visits of a day to
        a year, of a month as a rule.
    departure_depth_slope : StudentTPrior
        Change of these log odds per standard deviation of depth. One standard deviation
        away from that depth, a state that is left at once (a probability of staying
        below 0.01) has a prior probability of 0.07, two away of 0.18. The tails admit a
        switch: the paper's Model III has 0.528 per USD million for the move from state
        1 to 3, 16 to 30 where the standard deviation is 30 to 58. Model IV's 4.7 is a
        near-separation, a likelihood that keeps rising as the transition turns into a
        switch; the prior keeps it finite.
    initial_concentration : float
        Dirichlet, of each state on the first day: above 1, so that one day's data rule
        no state out.
    persistence_concentration, departure_concentration : float
        Dirichlet rows of a constant transition matrix: staying, and moving to any
        given other state. On average spells of six days for three states, and weak as
        13 days of data.
    """

    lowest_slope: LogNormalPrior = LogNormalPrior(median=0.7, log_sd=0.5)
    slope_step: LogNormalPrior = LogNormalPrior(median=0.3, log_sd=1.0)
    surprise_slope_sd: float = 2.0
    noise_sd: LogNormalPrior = LogNormalPrior(median=0.6, log_sd=0.7)
    degrees_of_freedom: LogNormalPrior = LogNormalPrior(median=12.0, log_sd=1.0)
    departure_log_odds: StudentTPrior = StudentTPrior(
        centre=-4.0, scale=1.5, degrees_of_freedom=3.0
    )
    departure_depth_slope: StudentTPrior = StudentTPrior(
        centre=0.0, scale=2.0, degrees_of_freedom=2.0
    )
    initial_concentration: float = 2.0
    persistence_concentration: float = 10.0
    departure_concentration: float = 1.0
