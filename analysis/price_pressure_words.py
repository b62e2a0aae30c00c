"""Words of the price-pressure section: its question, its terms, its captions."""

from analysis.figures_data import figure_factor_exposures, figure_inventories
from analysis.figures_price_pressure import (
    figure_order_flow_response,
    figure_price_pressure,
    figure_price_pressure_forest,
)
from analysis.figures_states import figure_efficient_yield, figure_smoothed_factors

QUESTION = (
    "How far do Treasury yields move with what dealers hold (price pressure, which "
    "passes) and with what their customers buy (price discovery, which stays)? The "
    "state-space model of Mixon and Tuzun (2018, FEDS 2018-065), equations (1) to (6), "
    "as a Bayesian model: observed yields are a three-factor curve, plus price "
    "pressure in proportion to dealers' DV01 in the same maturity bucket, plus noise."
)

HOW_TO_READ = (
    (
        "Price pressure (pi)",
        "Basis points by which a yield lies above its efficient value for each USD "
        "million of DV01 that dealers hold in its bucket. Positive: long inventory "
        "goes with higher yields, lower prices.",
    ),
    (
        "Price discovery (Lambda)",
        "Basis points by which a factor moves, for good, with each USD billion of "
        "surprise in customers' net buying. Coefficients of level and slope act "
        "together: read the curve response, not one of them alone.",
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
    (
        "Paper, t-value",
        "Maximum-likelihood estimate and t-value of the paper; its 95% confidence "
        "interval in figures is estimate plus or minus 1.96 times estimate over t.",
    ),
    (
        "Informed by the data",
        "Whether the posterior is narrower than the prior or has moved. A parameter "
        "that is not informed repeats its prior and is not a finding.",
    ),
)

CAPTIONS = {
    figure_inventories: (
        "Dealer inventories by maturity bucket, USD billion at market value (Figure 1 "
        "of the paper)."
    ),
    figure_factor_exposures: (
        "Dealers' dollar exposure to a rise of one basis point in each factor, USD "
        "million (Figure 2 of the paper)."
    ),
    figure_price_pressure: (
        "Price pressure through time: coefficient times DV01, basis points (Figure 3 "
        "of the paper). Posterior mean and pointwise 95% interval of the sum over "
        "markets."
    ),
    figure_order_flow_response: (
        "Change of the yield curve in the week of an order flow of one standard "
        "deviation, basis points (Figure 4 of the paper): posterior mean and pointwise "
        "95% interval. Rings: numbers in the text of the paper for the same variant."
    ),
    figure_price_pressure_forest: (
        "Price-pressure coefficients of every fit: posterior mean, 50% and 95% "
        "interval (thick, thin), beside the published estimate with its 95% confidence "
        "interval (a square without a line: no standard error can be derived)."
    ),
    figure_smoothed_factors: (
        "Level, slope and curvature given all weeks, basis points: posterior mean and "
        "pointwise 95% interval."
    ),
    figure_efficient_yield: (
        "Left: observed and efficient yield, per cent. Right: observed minus "
        "efficient, that is price pressure plus noise, basis points, with pointwise "
        "95% interval."
    ),
}
"""Function that draws the figure -> caption."""
