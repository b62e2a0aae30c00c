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
# # Who closes the basis?
#
# The TIPS-Treasury basis is thrown off its level again and again, and comes back. How long does that take, and with whom in
# the market does it go faster? The half-life notebook drops the dislocations that had not halved within ten days and regresses
# the rest. Here they are censored instead of dropped, and every answer is in days with an interval. The data are simulated
# with known effects, so that at the end the truth can be laid beside the intervals.

# %%
# %matplotlib inline
import logging
from pathlib import Path

import pandas as pd

from analysis.figures_basis import figure_basis_half_life, figure_basis_level
from analysis.figures_half_life import (
    figure_half_life_concentration,
    figure_who_closes_basis,
)
from analysis.figures_survival import figure_survival_check
from analysis.half_life_events import outcome_counts
from analysis.half_life_findings import half_life_sentences
from analysis.report import load_fit
from analysis.style import use_paper_style
from analysis.tables_basis import decomposition_estimates
from analysis.tables_half_life import (
    coefficient_estimates,
    table_half_life_coefficients,
)
from data.basis_panels import basis_panel_from_frame
from data.deviations import read_deviations
from data.half_life import HalfLifeRule
from data.half_life_events import build_half_life_panel
from data.half_life_panels import half_life_panel_from_frame
from inference import SamplerSettings, fit, write_trace
from inference.basis_decomposition import prepare_basis_decomposition
from inference.half_life import fit_half_life, prepare_half_life
from models.basis_simulation import BasisParameters, simulate_basis
from models.half_life_simulation import HalfLifeParameters, simulate_half_life_events
from models.half_life_specification import HalfLifeSpecification

logging.getLogger("pymc").setLevel(logging.WARNING)
use_paper_style()
settings = SamplerSettings(seed=1)

# %% [markdown]
# ## The basis
#
# One row a weekday, one column a tenor, basis points; holidays are missing. Two tenors and two years keep this quick.

# %%
truth = BasisParameters(
    tenor=(5, 10),
    persistence=(0.71, 0.9),
    level_innovation_sd_bp=(0.6, 0.4),
    deviation_innovation_sd_bp=(1.5, 1.8),
    noise_sd_bp=(0.6, 0.7),
)
frame = simulate_basis(seed=1, num_days=500, parameters=truth)
frame.set_index("date").tail(3).round(1)

# %% [markdown]
# ## Level and deviation
#
# A level that wanders, a deviation that comes back, and noise of the day. How fast the deviation comes back is its half-life.
# The published estimates on the real basis stand beside; these data are simulated from other values.

# %%
basis = prepare_basis_decomposition(basis_panel_from_frame(frame, "simulated twin"))
basis_trace = fit(basis, settings, progressbar=False)
basis_path = Path("../traces/notebook-basis.nc")
write_trace(basis_trace, basis_path)
decomposition = load_fit(basis_path)
decomposition.verdict, decomposition.run

# %%
figure_basis_level(decomposition)

# %%
figure_basis_half_life(decomposition)

# %%
columns = ["parameter", "tenor", "mean", "sd", "lower_95", "upper_95"]
estimates = decomposition_estimates(decomposition)[columns]
estimates.query("parameter in ['persistence', 'half_life_days']").round(2)

# %% [markdown]
# ## Half-lives after events
#
# The notebook's rule: the first business day, up to ten, on which the deviation is at most half of what it was on the day of
# the event. The deviation is only known up to the decomposition, and so is every half-life. Twenty posterior draws of the
# deviation give twenty sets of half-lives, which a regression can carry along.

# %%
events = pd.DataFrame({"event_date": frame["date"][5::12], "event_type": "tips_auction"})
deviations = read_deviations(basis_path, imputations=20)
built = build_half_life_panel(deviations, events, HalfLifeRule(), tenors=(5, 10))
built.notes

# %%
columns = ["tenor", "num_outcomes", "num_open", "open_share_pct"]
columns += ["mean_resolved_days", "restricted_mean_days", "median_days"]
outcome_counts(built.frame)[columns].round(2)

# %% [markdown]
# The mean over those that halved is too short at every tenor: the slow ones are missing from it. The last two columns count
# them as open (Kaplan-Meier).
#
# ## Who trades
#
# A second simulated panel has what a regression needs: five tenors, seven kinds of events, and covariates of who traded, with
# known effects on the hazard. A day's chance to halve, given that it has not happened yet, is the baseline of that day times
# the effects of the covariates, of the kind of event in its tenor (partially pooled), and of the date.

# %%
panel = half_life_panel_from_frame(simulate_half_life_events(1, 800), "simulated events")
hazard = prepare_half_life(panel, HalfLifeSpecification(variant="proportional-hazard"))
hazard.model

# %% [markdown]
# Before anything is sampled, each covariate is judged: constant, an indicator posing as a share, or a combination of others.

# %%
hazard.inputs.covariates[["transformation", "variance_inflation", "finding"]].round(1)

# %%
trace = fit_half_life(hazard, settings, progressbar=False)
path = Path("../traces/notebook-half-life.nc")
write_trace(trace, path)
result = load_fit(path)
result.verdict, result.run

# %%
columns = ["r_hat", "ess_bulk", "contraction", "information"]
result.diagnostics[columns].filter(like="coefficient", axis="index").round(3)

# %% [markdown]
# ## What censoring changes
#
# Days of half-life for one standard deviation of each covariate: the hazard model's, and least squares on the events that
# halved, as the notebook does it. Least squares pulls the large effects towards zero, because the slow events are gone.

# %%
table_half_life_coefficients([result]).display

# %% [markdown]
# Because the data are simulated, the truth behind the hazards is known. Nineteen of twenty such intervals hold it in the long
# run; `studies/README.md` counts.

# %%
hazards = coefficient_estimates([result]).query("unit == 'log hazard ratio per sd'")
beside = hazards.set_index("covariate")[["estimate", "lower_95", "upper_95"]]
beside.assign(truth=pd.Series(HalfLifeParameters().coefficient)).round(2)

# %% [markdown]
# ## Who closes the basis
#
# Expected and median half-life, in days, at low and high values, the other covariates at their means. Events are not assigned
# to markets, so these are associations: they do not say what a change of who trades would do.

# %%
figure_who_closes_basis(result)

# %%
figure_half_life_concentration(result)

# %% [markdown]
# ## Does the model fit?
#
# Kaplan-Meier curves of the data beside those of data drawn from the posterior, by kind of event and tenor.

# %%
figure_survival_check(result)

# %% [markdown]
# ## In words
#
# As the report says it. On the notebook's own 38 events the same sentences read differently: dealer concentration is 1 in
# every row there, so its coefficient keeps its prior, and nothing is concluded.

# %%
list(filter(None, half_life_sentences(result)))
