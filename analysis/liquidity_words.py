"""Words of the sections on liquidity regimes: questions, terms, captions."""

from collections.abc import Callable

from matplotlib.figure import Figure

from analysis.episodes import APART_DAYS, BEFORE_DAYS
from analysis.figures_liquidity import (
    figure_data_autocorrelation,
    figure_episodes,
    figure_price_impact_and_depth,
    figure_threshold_regression,
)
from analysis.figures_regimes import (
    figure_fragility,
    figure_smoothed_states,
    figure_transition_matrices,
)
from analysis.figures_state_calibration import figure_state_calibration
from analysis.fits import Fit

QUESTION = (
    "How fragile is Treasury market liquidity: how likely is it that price impact "
    "breaks away from what volatility explains, and does thin market depth announce "
    "it? The hidden Markov model of Meldrum and Sokolinskiy (2025, FEDS 2025-014), "
    "equations (2) to (4), as a Bayesian model: price impact is proportional to "
    "volatility with a slope that depends on a hidden liquidity state, and depth moves "
    "the probabilities of changing state."
)

THRESHOLD_QUESTION = (
    "Does price impact rise faster with volatility when volatility is high? Equation "
    "(1) and Table 1 of Meldrum and Sokolinskiy (2025), with both thresholds unknown; "
    "it motivates the hidden states of the model that follows it in the paper. It "
    "takes the days as independent, which they are not: its intervals are too narrow."
)

HOW_TO_READ = (
    (
        "State",
        "Hidden liquidity state of a trading day, ordered by the slope of price impact "
        "on volatility: 1 is the least liquid, the last the most liquid.",
    ),
    (
        "V, VV, CS",
        "Implied volatility; the surprise in its own volatility; the surprise in its "
        "persistence (three-month less one-month). Annualised basis points.",
    ),
    (
        "delta, gamma",
        "Intercept and slope on depth (per USD million) of the log odds of moving from "
        "state i to j rather than to state 1. delta is what they would be at a depth "
        "of zero, far outside any sample: read the probabilities at real depths "
        "instead.",
    ),
    (
        "Fragility",
        "Probability that the market enters state 1 at least once within a number of "
        "trading days, were depth to stay where it is. A market in state 1 has "
        "already entered it.",
    ),
    (
        "Near-separation",
        "Where a move hardly ever happened, or only on one side of some depth, the "
        "likelihood keeps rising as the coefficients run off: a maximum-likelihood "
        "estimate such as −284.6 (row 1→3 of the paper's Model IV) is such a case. "
        "The prior stops it here, and prior sensitivity says how much it decides.",
    ),
    (
        "Prior sensitivity",
        "Change of the posterior when the prior is weighted a little more or less "
        "(power scaling); above 0.05 the prior takes part in the answer.",
    ),
    (
        "95% interval",
        "Equal-tailed credible interval: given model, priors and data, the quantity "
        "lies in it with 95% probability, with 2.5% on either side.",
    ),
    (
        "P(> 0)",
        "Posterior probability that the coefficient is positive; 0.5 says nothing.",
    ),
)

CAPTIONS: dict[Callable[[Fit], Figure], str] = {
    figure_price_impact_and_depth: (
        "Price impact, in the unit of the panel, and market depth, USD million (Figure "
        "1 of the paper)."
    ),
    figure_data_autocorrelation: (
        "Autocorrelation of price impact and of market depth by lag in trading days "
        "(Figure 2 of the paper); band: pointwise 95% range of white noise."
    ),
    figure_episodes: (
        "Price impact and market depth around the sharpest falls of depth (Figure 3 of "
        f"the paper), as multiples of their medians over the {BEFORE_DAYS} trading "
        "days before the window, on a logarithmic axis. Day 0 has the lowest depth "
        f"within {APART_DAYS} trading days; shown are the days furthest below the "
        "median of the quarter before them."
    ),
    figure_transition_matrices: (
        "Probability of each move from one trading day to the next, by market depth "
        "(Figure 4 of the paper): posterior mean and 95% interval. Rows: state of "
        "today; columns: state of tomorrow. A wide interval: hardly a day of the "
        "sample was in that state at such a depth. Squares: the paper's point "
        "estimates for the 10-year note, whose row from state 1 is near separation in "
        "Models I, II and IV."
    ),
    figure_smoothed_states: (
        "Probability of each liquidity state given all data, the most likely path, and "
        "price impact coloured by it (Figure 5 of the paper)."
    ),
    figure_fragility: (
        "Fragility: probability of entering the low-liquidity state 1 within 1, 5 and "
        "20 trading days, by market depth and state of today, depth held. Posterior "
        "mean and pointwise 95% interval; the line is thin where no day of the sample "
        "was in that state at such a depth. Ticks below: deciles of depth in the "
        "sample."
    ),
    figure_state_calibration: (
        "Forecast of state 1 a day ahead against the states that the panel was "
        "simulated with. Dots on the diagonal, inside the grey ranges, say that a "
        "forecast probability can be taken at its word."
    ),
    figure_threshold_regression: (
        "Price impact on volatility: posterior mean and pointwise 95% interval of the "
        "regression with two thresholds; orange: 95% interval of each threshold."
    ),
}
"""Function that draws the figure -> caption."""
