# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # How fragile is liquidity today?
#
# Trading is cheap on most days. The question is how soon it could stop being cheap. Meldrum & Sokolinskiy (2025) let a hidden
# state decide how strongly price impact reacts to volatility, and let market depth move the odds of changing state. Here the
# same hidden Markov model gives a posterior, and with it the probability, with an interval, that the market falls into its
# least liquid state within a day, a week or a month. The data are simulated from the paper's own estimates, so that every
# answer can be laid beside the truth.

# %%
# %matplotlib inline
import logging
from pathlib import Path

from analysis.liquidity_regimes.data import PRICE_IMPACT_AND_DEPTH
from analysis.liquidity_regimes.estimates import regimes_beside_published
from analysis.liquidity_regimes.forecast import STATE_CALIBRATION
from analysis.liquidity_regimes.fragility import fragility, fragility_today
from analysis.liquidity_regimes.fragility_exhibits import FRAGILITY_BY_DEPTH
from analysis.liquidity_regimes.moves import MATRICES_BY_DEPTH
from analysis.liquidity_regimes.states import SMOOTHED_STATES
from analysis.report import load_fit
from analysis.page.exhibit import figure_of
from analysis.page.style import use_paper_style
from data.liquidity_regimes.panel import liquidity_panel_from_frame
from inference import SamplerSettings, fit, write_trace
from inference.liquidity_regimes.prepare import prepare_liquidity_regimes
from models.liquidity_regimes.simulation import simulate_liquidity_regimes
from models.liquidity_regimes.specification import LiquidityRegimesSpecification

logging.getLogger("pymc").setLevel(logging.WARNING)
use_paper_style()

# %% [markdown]
# ## The panel
#
# One row a trading day: price impact, market depth in USD million, implied volatility and two surprises in it (in its own
# volatility, and in its persistence), all in annualised basis points. `data/README.md` lists the columns, for a panel of your
# own; `python -m data build liquidity-regimes` makes the surprises from volatilities.

# %%
frame = simulate_liquidity_regimes(seed=1)
frame.set_index("date").drop(columns="security").tail(3).round(1)

# %% [markdown]
# ## The model
#
# In each of three states price impact is proportional to volatility and its surprises, plus noise. State 1 has the steepest
# slope: there, liquidity is low. The log odds of moving between states are linear in depth. The likelihood sums over every
# path of the states; the model is an ordinary, unsampled `pm.Model`.

# %%
panel = liquidity_panel_from_frame(frame, "simulated twin")
prepared = prepare_liquidity_regimes(panel, LiquidityRegimesSpecification())
prepared.model

# %% [markdown]
# ## The posterior
#
# Several searches start from clusters of the data and from scattered points; every chain then starts at the best mode found.

# %%
trace = fit(prepared, SamplerSettings(seed=1), progressbar=False)
path = Path("../traces/notebook-regimes.nc")
write_trace(trace, path)
result = load_fit(path)
result.verdict, result.run

# %% [markdown]
# Posterior beside the published estimate, which here is the truth behind the data, but for one row: moves from state 1 to
# state 3 are simulated at the paper's Model III, because its Model IV prints log odds of hundreds there. So few moves inform
# that row that maximum likelihood runs off towards separation; the prior sensitivity says how much the prior decides instead.

# %%
columns = ["mean", "sd", "lower_95", "upper_95", "estimate", "prior_sensitivity"]
table = regimes_beside_published(result).set_index(["parameter", "state", "term"])
table[columns].astype(float).round(3)

# %% [markdown]
# ## The states
#
# Price impact and depth, and what the posterior makes of them day by day.

# %%
figure_of(PRICE_IMPACT_AND_DEPTH, result)

# %%
figure_of(SMOOTHED_STATES, result)

# %% [markdown]
# Because the data are simulated, the states behind them are known. A forecast made a day ahead should come true as often as
# it says.

# %%
figure_of(STATE_CALIBRATION, result)

# %% [markdown]
# ## Depth moves the states
#
# Intercepts at a depth of zero mean little. Probabilities at depths that the market has seen say it plainly, and their
# intervals say where the sample has nothing to tell.

# %%
figure_of(MATRICES_BY_DEPTH, result)

# %% [markdown]
# ## Fragility
#
# Make state 1 absorbing, and read off each posterior draw's probability of having been in state 1 within so many trading
# days. Depth does not stay where it is meanwhile: an autoregression of its logarithm that responds to volatility, learned
# from the same sample, draws paths of it, and the probability is averaged over them. What it would be were depth to stay
# stands beside it. For the last day of the sample:

# %%
fragility_today(trace).round(3)

# %% [markdown]
# For a depth of your own, in USD million, and what you believe about today's state:

# %%
fragility(trace, 40, state_probability={"2": 0.7, "3": 0.3}).round(3)

# %% [markdown]
# And over the whole range. Bands are 95% intervals, lines are thin where the sample never was in that state at such a depth,
# dashed lines are for depth that stays, and the dotted lines follow from the paper's estimates, the truth of this simulation.

# %%
figure_of(FRAGILITY_BY_DEPTH, result)
