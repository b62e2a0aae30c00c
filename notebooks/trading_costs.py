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
# # What a trade cost, and what the fair value did not know
#
# The effective spread is twice what a trade's price lies from a fair value. Nobody knows the fair value of an off-the-run
# Treasury: it is carried along from the last indicative quote by a curve through the on-the-run issues, and is off by as much
# as trades cost. Sokolinskiy (2025) takes the absolute value of the deviation, so that every error becomes cost. The side of a
# trade, which TRACE reports, undoes that. All data here are simulated, so the truth can be laid beside the intervals.

# %%
# %matplotlib inline
import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.estimates import summarise_draws
from analysis.page.exhibit import figure_of, of_fit
from analysis.page.style import use_paper_style
from analysis.report import load_fit
from analysis.trading_costs.coefficients import BY_RESPONSE, COEFFICIENTS, disagreement
from analysis.trading_costs.cost import Trade, trading_cost
from analysis.trading_costs.figures import COST_BY_VOLUME, SECURITY_EFFECTS
from analysis.trading_costs.groups import FAIR_VALUE_COVERAGE
from analysis.trading_costs.spreads import SPREADS
from analysis.trading_costs.yield_curve import LEFT_OUT_QUOTES, YIELD_CURVE_FIGURE
from data.trading_costs.panel import trading_costs_panel_from_frame
from data.trading_costs.quote_panel import quote_panel_from_frame
from inference import SamplerSettings, fit, write_trace
from inference.trading_costs.curve_prepare import prepare_yield_curve
from inference.trading_costs.prepare import prepare_trading_costs
from models.trading_costs.cross_section import CrossSectionSpecification
from models.trading_costs.quote_simulation import simulate_quotes
from models.trading_costs.scenarios import SCENARIOS
from models.trading_costs.simulation import simulate_trading_costs
from models.trading_costs.specification import TradingCostsSpecification

logging.getLogger("pymc").setLevel(logging.WARNING)
use_paper_style()
settings = SamplerSettings(seed=1, draws=400, tune=300, chains=2)


def fitted(name, prepared):
    path = Path(f"../traces/notebook-{name}.nc")
    write_trace(fit(prepared, settings, progressbar=False), path)
    return load_fit(path)


# %% [markdown]
# ## The curve of a day
#
# Kernel ridge as a Gaussian process whose scale is estimated: the curve with its band, and where each quote lies in what all
# other quotes say of it.

# %%
quotes = simulate_quotes(1, 1, securities=25, minutes=60, noise_bp=0.5)
curve = fitted(
    "curve",
    prepare_yield_curve(quote_panel_from_frame(quotes, "simulated"), CrossSectionSpecification()),
)
figure_of(YIELD_CURVE_FIGURE, curve)

# %%
figure_of(LEFT_OUT_QUOTES, curve)

# %% [markdown]
# ## Costs that do not depend on the benchmark
#
# Trades of forty securities over five months. What they cost does not depend on how liquid the benchmark is. How exact their
# fair values are does: errors grow one for one with the benchmark's illiquidity.

# %%
noise_only = replace(SCENARIOS["noise-only"], securities=40, days=100, trades_a_day=4.0)
twin = simulate_trading_costs(1, noise_only)
panel = trading_costs_panel_from_frame(twin.frame, "simulated, noise only")
trades = twin.frame.query("observation == 'trade' and segment == 'customer' and not is_retail")
pd.DataFrame(
    {
        "twice the cost (the truth)": 2 * trades["simulated_cost_bp"],
        "twice the error": 2 * trades["simulated_error_bp"].abs(),
        "effective spread": 2 * trades["deviation_bp"].abs(),
        "indicative spread": trades["indicative_spread_bp"],
    }
).quantile([0.05, 0.25, 0.5, 0.75, 0.95]).round(2)

# %% [markdown]
# The formula with the benchmark's illiquidity, under the published response and in the customer's direction. Coefficients and
# effects are integrated out; only standard deviations are sampled, so that each fit takes seconds.

# %%
fits = [
    fitted(
        f"costs-{response}",
        prepare_trading_costs(
            panel, TradingCostsSpecification(formula="benchmark", response=response)
        ),
    )
    for response in ("absolute", "signed")
]
absolute, signed = fits
of_fit([SPREADS], absolute)[0].item.display

# %% [markdown]
# Under the absolute response benchmark illiquidity appears to make trades dearer. The column beside it says what the regression
# would find at no cost at all.

# %%
(shown,) = of_fit([COEFFICIENTS], absolute)
shown.item.display

# %%
print(*shown.sentences(), sep="\n")

# %% [markdown]
# In the customer's direction errors cancel:

# %%
both = BY_RESPONSE.frame(fits)
BY_RESPONSE.columns(fits, both)

# %%
print(*disagreement(fits, both), sep="\n")

# %% [markdown]
# ## How exact fair values are
#
# The panel states the standard deviation of each error. The next indicative mid tells whether it is right.

# %%
of_fit([FAIR_VALUE_COVERAGE], signed)[0].item.display

# %% [markdown]
# ## Size and liquidity
#
# Costs that do depend on the benchmark, and rise from five to fifty million. `volume-benchmark` has a cost for each bin of size
# in each third of benchmark illiquidity. Size is chosen knowing liquidity: this is no schedule of costs.

# %%
faithful = replace(SCENARIOS["faithful"], securities=30, days=80, trades_a_day=12.0)
true = simulate_trading_costs(2, faithful)
by_size = fitted(
    "costs-size",
    prepare_trading_costs(
        trading_costs_panel_from_frame(true.frame, "simulated, faithful"),
        TradingCostsSpecification(formula="volume-benchmark", response="signed"),
    ),
)
figure_of(COST_BY_VOLUME, by_size)

# %%
figure_of(SECURITY_EFFECTS, by_size)

# %% [markdown]
# ## What will it cost?
#
# Fifty million of an eight-year note, two years old, quoted 0.9 basis points wide, on a usual day: in an issue of the panel, and
# in one that was never seen.

# %%
note = Trade(
    volume_musd=50,
    indicative_spread_bp=0.9,
    age_years=2,
    maturity_years=8,
    dollar_duration=700,
)
counts = by_size.panel["rows_by_security"]
known = str(counts["security"].to_numpy()[np.argmax(counts.to_numpy())])
answers = {"known": replace(note, security=known), "never seen": note}
pd.DataFrame(
    {
        name: {
            part: float(summarise_draws(trading_cost(by_size.tree, trade)["cost_usd"])[part])
            for part in ("mean", "lower_95", "upper_95")
        }
        for name, trade in answers.items()
    }
).round(-2)

# %% [markdown]
# Of trades whose side is not known, and for costs and errors apart, there is the response `joint`; it samples every effect and
# takes minutes where these take seconds:
#
#     python -m inference fit trading-costs --panel data/clean/trading-costs.parquet --formula benchmark --response joint --seed 1 --out traces/costs-joint.nc
