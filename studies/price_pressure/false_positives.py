"""How often a model finds price pressure where there is none.

Yields are simulated without any, as persistent and as volatile as the market's, and
each variant is fitted to them with the dealer inventories of a given panel: an interval
of 95% that excludes zero is a false positive. The inventories persist as long as what
the curve leaves of yields, so a model that takes that remainder for noise regresses one
near-random walk on another.
"""

from collections.abc import Sequence
from dataclasses import replace

import arviz as az
import numpy as np
import pandas as pd
import pymc as pm
import xarray as xr
from scipy.stats import binomtest, norm

from data.dims import TENOR
from data.price_pressure.panel import PricePressurePanel
from inference.sampling.optimum import PosteriorModeSearch
from inference.settings import SamplerSettings
from models.price_pressure.inputs import select_inputs
from models.price_pressure.model import price_pressure_model
from models.price_pressure.persistent_errors_simulation import (
    PersistentErrorsTruth,
    simulate_yields,
)
from models.price_pressure.starts import starting_points
from models.price_pressure.variants import (
    EVERY_VARIANT,
    PERSISTENT_ERRORS_VARIANTS,
    PersistentErrorsVariant,
    Variant,
)
from studies.price_pressure.compiled_price_pressure import (
    CompiledPricePressure,
    model_data,
)
from studies.replications import replication_rows
from studies.sweep import Plan

SIMULATED = "no-inventory-persistent-errors"
"""The variant that draws the yields."""

TRUTH = PersistentErrorsTruth()
"""Of the size of the market's."""

NUM_SCATTERED = 2
"""Scattered starts of a search for the mode, beside those that the data suggest."""

NORMAL = float(norm.ppf(0.975))

FALSE_POSITIVE_SETTINGS = SamplerSettings(seed=0, draws=300, tune=400, chains=2)
"""Of each fit, with the seed of the replication. A quantile of 2.5% is then off by a
probability of 0.01, either way: nothing in a share over a hundred panels."""


OF_CHAINS = ("r_hat", "ess_bulk", "ess_tail", "divergences")
"""Columns that only a sampler fills."""


def sampled_replication(
    variant: str, seed: int, panel: PricePressurePanel
) -> pd.DataFrame:
    """Fit a variant to yields without price pressure, on the inventories of a panel.

    Parameters
    ----------
    variant : str
        Name of what is fitted.
    seed : int
        Of the simulated yields and of the fit.
    panel : PricePressurePanel
        Its weeks and inventories are used, its yields are not.

    Returns
    -------
    DataFrame
        One row a coefficient: the columns of `studies.replications.replication_rows`
        (truth 0) and ``is_false_positive``.
    """
    chosen = EVERY_VARIANT[variant]
    simulated = without_pressure(panel, seed)
    draws = _compiled(variant, panel).sample(
        model_data(simulated, chosen), replace(FALSE_POSITIVE_SETTINGS, seed=seed)
    )
    pressure = draws["posterior"].to_dataset()["price_pressure"]
    nothing = xr.zeros_like(pressure.isel(chain=0, draw=0, drop=True))
    table = replication_rows(draws, nothing.to_dataset(), variant, seed)
    return table.assign(is_false_positive=~table["is_covered"])


def laplace_replication(
    variant: str, seed: int, panel: PricePressurePanel
) -> pd.DataFrame:
    """Do as `sampled_replication` with a normal posterior at the highest mode.

    Coefficients of a linear Gaussian observation are near normal given the rest, and
    their intervals those of a sampler to a few per cent of their width; a fit takes a
    fiftieth of the time. Arguments and result as there, without what chains tell.
    """
    chosen = EVERY_VARIANT[variant]
    simulated = without_pressure(panel, seed)
    model, search = _search(variant, panel)
    pm.set_data(model_data(simulated, chosen), model=model)
    return _laplace_rows(search, simulated, chosen, seed)


METHODS = {"laplace": laplace_replication, "nuts": sampled_replication}


def false_positives_plan(
    panel: PricePressurePanel, variants: Sequence[str], panels: int, method: str
) -> Plan:
    """Fit variants to sets of yields without price pressure."""
    return Plan(
        METHODS[method],
        [(name, seed) for seed in range(1, panels + 1) for name in variants],
        {"panel": panel},
        ("variant", "seed"),
    )


# What is compiled has the shape of the panel, whose digest tells it from others.
_COMPILED: dict[tuple[str, str], CompiledPricePressure] = {}
_SEARCHES: dict[tuple[str, str], tuple[pm.Model, PosteriorModeSearch]] = {}


def _compiled(variant: str, panel: PricePressurePanel) -> CompiledPricePressure:
    key = variant, panel.sha256
    if key not in _COMPILED:
        template = without_pressure(panel, 1)
        _COMPILED[key] = CompiledPricePressure(template, EVERY_VARIANT[variant])
    return _COMPILED[key]


def _search(
    variant: str, panel: PricePressurePanel
) -> tuple[pm.Model, PosteriorModeSearch]:
    key = variant, panel.sha256
    if key not in _SEARCHES:
        template = without_pressure(panel, 1)
        model = price_pressure_model(template, EVERY_VARIANT[variant])
        _SEARCHES[key] = model, PosteriorModeSearch(model)
    return _SEARCHES[key]


def _laplace_rows(
    search: PosteriorModeSearch,
    panel: PricePressurePanel,
    variant: Variant,
    seed: int,
) -> pd.DataFrame:
    starts = []
    if not isinstance(variant, PersistentErrorsVariant):
        starts = starting_points(select_inputs(panel, variant))
    found = search(seed, NUM_SCATTERED, starts)
    normal = search.approximate(found)[["price_pressure"]]
    table = az.dataset_to_dataframe(normal, sample_dims=["statistic"]).T
    lower, upper = (table["mean"] + z * table["sd"] for z in (-NORMAL, NORMAL))
    elements = table.index.str.extract(r"\[(.+)\]$")[0].to_numpy()
    return pd.DataFrame(
        {
            "variant": variant.name,
            "seed": seed,
            "parameter": "price_pressure",
            "element": elements,
            "truth": 0.0,
            "mean": table["mean"].to_numpy(),
            "sd": table["sd"].to_numpy(),
            "lower_95": lower.to_numpy(),
            "upper_95": upper.to_numpy(),
            "is_covered": ((lower < 0) & (upper > 0)).to_numpy(),
            "is_false_positive": ((lower > 0) | (upper < 0)).to_numpy(),
        }
    )


def without_pressure(
    panel: PricePressurePanel,
    seed: int,
    truth: PersistentErrorsTruth = TRUTH,
) -> PricePressurePanel:
    """Give a panel simulated yields that its inventories do not move."""
    step = panel.frequency.dim
    dates = panel.dataset[step].to_numpy()
    yields = simulate_yields(
        pd.DataFrame(index=pd.DatetimeIndex(dates)),
        PERSISTENT_ERRORS_VARIANTS[SIMULATED],
        truth,
        np.random.default_rng(seed),
    )
    dataset = panel.dataset.assign(yield_bp=((step, TENOR), yields.to_numpy()))
    source = f"{panel.source} with simulated yields, seed {seed}"
    return replace(panel, dataset=dataset, source=source)


def summarize_false_positives(rows: pd.DataFrame) -> pd.DataFrame:
    """Share of false positives by variant and coefficient.

    Parameters
    ----------
    rows : DataFrame
        Rows of `sampled_replication` or `laplace_replication`.

    Returns
    -------
    DataFrame
        One row a variant and coefficient, and one a variant, ``any``, for panels with
        at least one: ``panels``, ``false_positives``, ``share`` with its Wilson
        interval ``lower_95`` and ``upper_95``, ``mean_width_bp`` of the intervals,
        ``sampled_panels``, fitted by a sampler and not by Laplace's approximation, and
        of these ``max_r_hat``, ``min_ess_bulk``, ``divergent_fits``; ``no_mode``,
        panels left out because the approximation found no peak.
    """
    found = []
    rows = rows.reindex(columns=list(dict.fromkeys([*rows.columns, *OF_CHAINS])))
    for name, every in rows.groupby("variant", sort=False):
        of_variant = every[every["sd"].notna()]
        of_chains = of_variant[of_variant["r_hat"].notna()]
        hit = of_variant.groupby("seed")["is_false_positive"].any()
        parts = [
            (str(element), part, part["is_false_positive"])
            for element, part in of_variant.groupby("element", sort=False)
        ]
        for element, part, positives in [*parts, ("any", of_variant, hit)]:
            test = binomtest(int(positives.sum()), len(positives))
            wilson = test.proportion_ci(method="wilson")
            found.append(
                {
                    "variant": name,
                    "element": element,
                    "panels": len(positives),
                    "false_positives": int(positives.sum()),
                    "share": positives.mean(),
                    "lower_95": wilson.low,
                    "upper_95": wilson.high,
                    "mean_width_bp": (part["upper_95"] - part["lower_95"]).mean(),
                    "no_mode": every["seed"].nunique() - of_variant["seed"].nunique(),
                    "sampled_panels": of_chains["seed"].nunique(),
                    "max_r_hat": part["r_hat"].max(),
                    "min_ess_bulk": part["ess_bulk"].min(),
                    "divergent_fits": part.loc[
                        part["divergences"] > 0, "seed"
                    ].nunique(),
                }
            )
    return pd.DataFrame(found)
