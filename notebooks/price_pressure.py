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
# # From a panel to an interval
#
# How far does a million dollars of dealer exposure hold a Treasury yield from its efficient value? Mixon & Tuzun (2018)
# answer with maximum likelihood and t-values. Here the same state-space model gives a posterior. The data are simulated from
# the paper's own estimates, so that at the end the truth can be laid beside the intervals.

# %%
# %matplotlib inline
import logging
from pathlib import Path

import pandas as pd

from analysis.every_model.checks import CALIBRATION, POSTERIOR_PREDICTIVE, PRIOR_POSTERIOR
from analysis.page.exhibit import figure_of
from analysis.price_pressure.pressure import estimates_beside_published, PRESSURE_THROUGH_TIME
from analysis.report import load_fit
from analysis.page.style import use_paper_style
from data.price_pressure.panel import panel_from_frame
from inference import SamplerSettings, fit, write_trace
from inference.price_pressure.prepare import prepare_price_pressure
from models import VARIANTS, simulate_price_pressure
from models.price_pressure.simulation import published_truth

logging.getLogger("pymc").setLevel(logging.WARNING)
use_paper_style()

# %% [markdown]
# ## The panel
#
# One row a week: zero-coupon yields in basis points, dealer inventory as dollar value of a basis point (USD million), order
# flow in USD billion. `data/README.md` lists the columns, for a panel of your own.

# %%
frame = simulate_price_pressure("cash-futures-inventory", seed=1)
frame.set_index("date").filter(regex="yield|dv01_cash").tail(3).round(1)

# %% [markdown]
# ## The model
#
# Level, slope and curvature follow persistent autoregressions; each yield is their combination, plus a coefficient times the
# inventory of its own maturity bucket, plus noise. The coefficient has a prior centred on zero: its sign is for the data to
# say. The model is an ordinary, unsampled `pm.Model`.

# %%
prepared = prepare_price_pressure(
    panel_from_frame(frame, "simulated twin"), "cash-futures-inventory"
)
prepared.model

# %% [markdown]
# ## The posterior
#
# Four chains of NUTS. The likelihood is an exact Kalman filter with an analytic gradient, so most of the time goes into
# compiling.

# %%
settings = SamplerSettings(seed=1)
trace = fit(prepared, settings, progressbar=False)
path = Path("../traces/notebook.nc")
write_trace(trace, path)
result = load_fit(path)
result.verdict, result.run

# %% [markdown]
# A posterior is looked at only once its chains agree. R-hat, effective sample size, divergences and energy decide, and every
# parameter is asked how far the data moved it from its prior. Long-run means of such persistent factors are hardly informed
# by seventeen years of data, and the table says so instead of hiding it.

# %%
result.diagnostics[["r_hat", "ess_bulk", "contraction", "information"]].round(3)

# %%
figure_of(PRIOR_POSTERIOR, result)

# %% [markdown]
# ## The interval
#
# Posterior mean and 95% credible interval beside the published estimate, which here is the truth behind the data.

# %%
columns = ["market", "tenor_years", "mean", "sd", "lower_95", "upper_95", "estimate"]
table = estimates_beside_published(result).query("parameter == 'price_pressure'")
table[columns].round(2)

# %%
truth = published_truth(VARIANTS["cash-futures-inventory"]).price_pressure.ravel()
inside = table["lower_95"].le(truth) & table["upper_95"].ge(truth)
pd.Series({"truth inside the 95% interval": inside.sum(), "coefficients": len(inside)})

# %% [markdown]
# Times inventory, the coefficient becomes basis points of yield, week by week:

# %%
figure_of(PRESSURE_THROUGH_TIME, result)

# %% [markdown]
# ## Does the model fit?
#
# Replicated data against the data, and each week's yields against their prediction from the weeks before. On simulated data
# both must pass. On real yields from 2001 to 2018 they do not: the report says so, and so should the paper.

# %%
figure_of(POSTERIOR_PREDICTIVE, result)

# %%
figure_of(CALIBRATION, result)
