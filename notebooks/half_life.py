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
# with known effects, so that at the end the truth can be laid beside the intervals: one twin, from its daily basis to who
# closes it.

# %%
# %matplotlib inline
import logging
from pathlib import Path

import pandas as pd

from analysis.half_life.basis import decomposition_estimates
from analysis.half_life.basis_paths import BASIS_HALF_LIFE, BASIS_LEVEL
from analysis.half_life.closers import BY_CONCENTRATION, WHO_CLOSES
from analysis.half_life.coefficients import COEFFICIENTS, coefficient_estimates
from analysis.half_life.comparison import PROPAGATION, ImputedAndPlugIn
from analysis.half_life.events import outcome_counts
from analysis.half_life.findings import half_life_sentences
from analysis.half_life.survival_check import SURVIVAL_CHECK
from analysis.page.exhibit import figure_of, table_of
from analysis.page.style import use_paper_style
from analysis.report import load_fit
from data.half_life.basis_panel import basis_panel_from_frame
from data.half_life.rule import HalfLifeRule
from data.half_life.build import build_half_life_panel
from data.half_life.event_panel import half_life_panel_from_frame
from data.half_life.checks import MICROSTRUCTURE_COVARIATES
from inference import SamplerSettings, fit, write_trace
from inference.half_life.basis_decomposition import prepare_basis_decomposition
from inference.half_life.prepare import fit_half_life, prepare_half_life
from models.half_life.basis_event_simulation import EFFECTS, simulate_eventful_basis
from models.half_life.specification import HalfLifeSpecification
from data.half_life.basis_panel import basis_panel_from_frame
from data.half_life.rule import HalfLifeRule
from data.half_life.build import build_half_life_panel
from data.half_life.event_panel import half_life_panel_from_frame
from data.half_life.checks import MICROSTRUCTURE_COVARIATES
from inference import SamplerSettings, fit, write_trace
from inference.half_life.basis_decomposition import prepare_basis_decomposition
from inference.half_life.deviations import posterior_deviations
from inference.half_life.prepare import fit_half_life, prepare_half_life
from models.half_life.basis_event_simulation import EFFECTS, simulate_eventful_basis
from models.half_life.specification import HalfLifeSpecification

NUM_IMPUTATIONS = 10
logging.getLogger("pymc").setLevel(logging.WARNING)
use_paper_style()
settings = SamplerSettings(seed=1)

# %% [markdown]
# ## The basis
#
# One row a weekday, one column a tenor, basis points; holidays are missing. Every three weeks an event throws the basis off its
# level. How many days it takes to halve is drawn from hazards that depend on who trades: electronic trading (ATS) hastens it,
# concentrated dealers delay it, and nothing else matters but the kind of event and the date.

# %%
twin = simulate_eventful_basis(seed=1)
frame = twin.basis.frame
frame.set_index("date").tail(3).round(1)

# %%
events = twin.event_frame
events.tail(4).set_index("event_date").round(2)

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
decomposition.judgement.summary

# %% [markdown]
# The verdict is right: events that throw the basis off by 12 basis points are no normal innovations, so its changes have tails
# that the decomposition does not know. Deviations may be taken from it all the same when told; what is made from them says so.

# %%
figure_of(BASIS_LEVEL, decomposition)

# %%
figure_of(BASIS_HALF_LIFE, decomposition)

# %%
columns = ["parameter", "tenor", "mean", "sd", "lower_95", "upper_95"]
estimates = decomposition_estimates(decomposition)[columns]
estimates.query("parameter in ['persistence', 'half_life_days']").round(2)

# %% [markdown]
# ## Half-lives after events
#
# The notebook's rule: the first business day, up to ten, on which the deviation is at most half of what it was on the day of
# the event. The deviation is only known up to the decomposition, and so is every half-life. Ten posterior draws of the
# deviation give ten sets of half-lives, all of which the regression carries along.

# %%
deviations = posterior_deviations(
    basis_trace, "twin", draws=NUM_IMPUTATIONS, allow_failed=True
)
keys = ["event_date", "event_type", "tenor"]
who_trades = {"microstructure": events.set_index(keys)[list(MICROSTRUCTURE_COVARIATES)]}
built = build_half_life_panel(deviations, events[keys], HalfLifeRule(), **who_trades)
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
# A day's chance to halve, given that it has not happened yet, is the baseline of that day times the effects of the covariates,
# of the kind of event in its tenor (partially pooled), and of the date.

# %%
panel = half_life_panel_from_frame(built.frame, "simulated twin")
hazard = prepare_half_life(panel, HalfLifeSpecification(variant="proportional-hazard"))
hazard.model

# %% [markdown]
# Before anything is sampled, each covariate is judged: constant, an indicator posing as a share, or a combination of others.

# %%
hazard.used[["transformation", "variance_inflation", "finding"]].to_dataframe().round(1)

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
# ## What not knowing the half-lives changes
#
# The same regression on the half-lives of the estimated deviation, taken as known. The last column is the share of the
# posterior variance that is there because the deviation is only estimated.

# %%
estimate = posterior_deviations(basis_trace, "twin", allow_failed=True)
known = build_half_life_panel(estimate, events[keys], HalfLifeRule(), **who_trades)
plug_in = prepare_half_life(
    half_life_panel_from_frame(known.frame, "simulated twin, plugged in"),
    HalfLifeSpecification(variant="proportional-hazard"),
)
plug_in_path = Path("../traces/notebook-half-life-plug-in.nc")
write_trace(fit_half_life(plug_in, settings, progressbar=False), plug_in_path)
table_of(PROPAGATION, ImputedAndPlugIn(result, load_fit(plug_in_path))).display

# %% [markdown]
# ## What censoring changes
#
# Days of half-life for one standard deviation of each covariate: the hazard model's, and least squares on the events that
# halved, as the notebook does it. Least squares pulls the large effects towards zero, because the slow events are gone.

# %%
table_of(COEFFICIENTS, [result]).display

# %% [markdown]
# Because the data are simulated, the truth behind the hazards is known. Half-lives are measured with error, since other moves
# of the basis hide the return of the deviation, and that pulls effects towards zero. With half-lives that are known, nineteen
# of twenty such intervals hold the truth; `studies/README.md` counts.

# %%
hazards = coefficient_estimates([result]).query("unit == 'log hazard ratio per sd'")
beside = hazards.set_index("covariate")[["estimate", "lower_95", "upper_95"]]
beside.assign(truth=pd.Series(EFFECTS.coefficient)).fillna({"truth": 0.0}).round(2)

# %% [markdown]
# ## Who closes the basis
#
# Expected and median half-life, in days, at low and high values, the other covariates at their means. Events are not assigned
# to markets, so these are associations: they do not say what a change of who trades would do.

# %%
figure_of(WHO_CLOSES, result)

# %%
figure_of(BY_CONCENTRATION, result)

# %% [markdown]
# ## Does the model fit?
#
# Kaplan-Meier curves of the data beside those of data drawn from the posterior, by kind of event and tenor.

# %%
figure_of(SURVIVAL_CHECK, result)

# %% [markdown]
# ## In words
#
# As the report says it. On the notebook's own 38 events the same sentences read differently: dealer concentration is 1 in
# every row there, so its coefficient keeps its prior, and nothing is concluded.

# %%
list(filter(None, half_life_sentences(result)))
