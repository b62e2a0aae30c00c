"""How often a model finds price pressure where there is none.

Yields are simulated without any, as persistent and as volatile as the market's, and
each variant is fitted to them with the dealer inventories of a given panel: an interval
of 95% that excludes zero is a false positive. The inventories persist as long as what
the curve leaves of yields, so a model that takes that remainder for noise regresses one
near-random walk on another.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
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
    PERSISTENT_ERRORS_VARIANTS,
    PersistentErrorsVariant,
    Variant,
)
from studies.price_pressure.compiled_price_pressure import (
    CompiledPricePressure,
    model_data,
)
from studies.replications import replication_rows

SIMULATED = "no-inventory-persistent-errors"
"""The variant that draws the yields."""

NUM_SCATTERED = 2
"""Scattered starts of a search for the mode, beside those that the data suggest."""

NORMAL = float(norm.ppf(0.975))

FALSE_POSITIVE_SETTINGS = SamplerSettings(seed=0, draws=300, tune=400, chains=2)
"""Of each fit, with the seed of the replication. A quantile of 2.5% is then off by a
probability of 0.01, either way: nothing in a share over a hundred panels."""


OF_CHAINS = ("r_hat", "ess_bulk", "ess_tail", "divergences")
"""Columns that only a sampler fills."""


def false_positives(
    panel: PricePressurePanel,
    variants: Mapping[str, Variant],
    seeds: Iterable[int],
    truth: PersistentErrorsTruth | None = None,
    settings: SamplerSettings = FALSE_POSITIVE_SETTINGS,
    done: Collection[tuple[str, int]] = (),
) -> Iterator[pd.DataFrame]:
    """Fit variants to yields without price pressure, on the inventories of a panel.

    Parameters
    ----------
    panel : PricePressurePanel
        Its weeks and inventories are used, its yields are not.
    variants : mapping of str to Variant
        What is fitted.
    seeds : iterable of int
        Of the simulated sets of yields, each fitted by every variant.
    truth : PersistentErrorsTruth, optional
        Its defaults are of the size of the market's.
    settings : SamplerSettings
        Of each fit; the seed is that of the simulated yields.
    done : collection of (str, int)
        Variants and seeds to leave out.

    Yields
    ------
    DataFrame
        Of each fit, one row a coefficient: ``variant``, ``seed``, the columns of
        `studies.replications.compare_with_truth` (truth 0), ``divergences`` and
        ``is_false_positive``.
    """
    compiled: dict[str, CompiledPricePressure] = {}
    for seed in seeds:
        simulated = without_pressure(panel, seed, truth or PersistentErrorsTruth())
        for name, variant in variants.items():
            if (name, seed) in done:
                continue
            if name not in compiled:
                compiled[name] = CompiledPricePressure(simulated, variant)
            draws = compiled[name].sample(
                model_data(simulated, variant), replace(settings, seed=seed)
            )
            pressure = draws["posterior"].to_dataset()["price_pressure"]
            nothing = xr.zeros_like(pressure.isel(chain=0, draw=0, drop=True))
            table = replication_rows(draws, nothing.to_dataset(), name, seed)
            yield table.assign(is_false_positive=~table["is_covered"])


def false_positives_by_laplace(
    panel: PricePressurePanel,
    variants: Mapping[str, Variant],
    seeds: Iterable[int],
    truth: PersistentErrorsTruth | None = None,
    done: Collection[tuple[str, int]] = (),
) -> Iterator[pd.DataFrame]:
    """Do as `false_positives` with a normal posterior at the highest mode.

    Coefficients of a linear Gaussian observation are near normal given the rest, and
    their intervals those of a sampler to a few per cent of their width; a fit takes a
    fiftieth of the time. Arguments and result as there, without what chains tell.
    """
    searches: dict[str, PosteriorModeSearch] = {}
    models: dict[str, pm.Model] = {}
    for seed in seeds:
        simulated = without_pressure(panel, seed, truth or PersistentErrorsTruth())
        for name, variant in variants.items():
            if (name, seed) in done:
                continue
            if name not in searches:
                models[name] = price_pressure_model(simulated, variant)
                searches[name] = PosteriorModeSearch(models[name])
            pm.set_data(model_data(simulated, variant), model=models[name])
            yield _laplace_rows(searches[name], simulated, variant, seed)


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
    panel: PricePressurePanel, seed: int, truth: PersistentErrorsTruth
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
        Result of `false_positives`.

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
