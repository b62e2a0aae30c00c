"""Priors of the liquidity-regimes model."""

from dataclasses import dataclass

from models.priors import LogNormalPrior


@dataclass(frozen=True, kw_only=True)
class LiquidityRegimesPriors:
    """Priors, proper and in units that the data set, so that any unit will do.

    Price impact has no natural unit. Two rough statistics of the data serve as units:
    the least-squares slope of price impact on volatility through the origin, and the
    standard deviation of its residuals. Depth is in standard deviations around its
    mean. No prior has a view on the effect of depth.

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
    departure_log_odds, departure_log_odds_sd : float
        Normal: log odds of leaving a state for a given other one, against staying, on
        a day with the depth at which the state usually lasts. Around one departure in
        twenty days; two standard deviations reach from practically never to at once,
        since where a state that hardly ever lasts is met is itself uncertain.
    departure_depth_slope_sd : float
        Normal around 0: change of these log odds per standard deviation of depth. The
        paper's Model III has 0.528 per USD million for the move from state 1 to 3, 16
        to 30 where the standard deviation is 30 to 58, all but a switch. Model IV's
        4.7 is a near-separation: a likelihood that keeps rising as the transition
        turns into one. The prior admits the first, and keeps the second finite.
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
    departure_log_odds: float = -3.0
    departure_log_odds_sd: float = 5.0
    departure_depth_slope_sd: float = 20.0
    initial_concentration: float = 2.0
    persistence_concentration: float = 10.0
    departure_concentration: float = 1.0
