"""Words of the sections on liquidity regimes: questions, and notes on the paper."""

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

DECIMALS = 3
"""As in the paper's tables."""

PAPER_TABLES = {"constant": "2", "depth": "3"}
PAPER_NOTE = (
    "Paper: maximum-likelihood estimate and standard error for the 10-year note, April "
    "2014 to December 2023; n/a where it prints none or the number is not legible."
)
