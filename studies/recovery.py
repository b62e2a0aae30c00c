"""Recovery: set posteriors beside the parameters that made their data."""

from collections.abc import Callable
from dataclasses import asdict, replace

import arviz as az
import pandas as pd
import xarray as xr

from data.columns import FACTORS, TENOR_YEARS
from data.panels import PricePressurePanel, panel_from_frame
from inference.sampling import SAMPLE_DIMS
from inference.settings import SamplerSettings
from models.dims import FACTOR, INVENTORY_MARKET, ORDER_FLOW_TERM, TENOR
from models.price_pressure_simulation import (
    NUM_WEEKS,
    published_truth,
    simulate_price_pressure,
)
from models.price_pressure_variants import VARIANTS, Variant
from studies.compiled_price_pressure import CompiledPricePressure, model_data

TAIL_PROBABILITY = 0.025
"""Below and above an equal-tailed 95% interval."""

SEEDS_PER_VARIANT = 1000
"""Two variants simulated from one seed share every shock. Each has seeds of its own, so
that their results are independent."""

RECOVERY_SETTINGS = SamplerSettings(seed=0, draws=700, tune=400)
"""Of each fit, with the seed of the replication. The least effective sample size is
then some 300, where a quantile of 2.5% is off by a probability of 0.009: nothing in an
average over hundreds of intervals."""

DIMS = {
    "price_pressure": (INVENTORY_MARKET, TENOR),
    "price_discovery": (ORDER_FLOW_TERM,),
    "persistence": (FACTOR,),
    "factor_mean_bp": (FACTOR,),
    "factor_innovation_sd_bp": (FACTOR,),
    "yield_noise_sd_bp": (TENOR,),
}


def recovery(
    variant: Variant,
    num_replications: int,
    settings: SamplerSettings = RECOVERY_SETTINGS,
    num_weeks: int = NUM_WEEKS,
    advance: Callable[[], None] = lambda: None,
) -> pd.DataFrame:
    """Simulate the twin of one variant again and again, and fit each panel.

    Parameters
    ----------
    variant : Variant
        Simulated at its published estimates and fitted as itself.
    num_replications : int
        Number of simulated panels.
    settings : SamplerSettings
        Of each fit; the seed is replaced by that of the replication.
    num_weeks : int
        Length of each panel.
    advance : callable
        Called after each replication.

    Returns
    -------
    DataFrame
        One row a replication and parameter element: ``variant``, ``seed`` (that of the
        panel, as in ``python -m models simulate``, and of its fit), the columns of
        `compare_with_truth`, and ``divergences`` of the fit.
    """
    truth = truth_dataset(variant)
    first = SEEDS_PER_VARIANT * list(VARIANTS).index(variant.name) + 1
    compiled = CompiledPricePressure(
        simulated_panel(variant, first, num_weeks), variant
    )
    tables = []
    for seed in range(first, first + num_replications):
        data = model_data(simulated_panel(variant, seed, num_weeks), variant)
        draws = compiled.sample(data, replace(settings, seed=seed))
        tables.append(replication_rows(draws, truth, variant.name, seed))
        advance()
    return pd.concat(tables, ignore_index=True)


def replication_rows(
    draws: xr.DataTree, truth: xr.Dataset, variant: str, seed: int
) -> pd.DataFrame:
    """What one fit says of the parameters that made its data.

    Parameters
    ----------
    draws : xr.DataTree
        Groups ``posterior`` and ``sample_stats`` of the fit.
    truth : xr.Dataset
        True values.
    variant : str
        Name of the model's variant.
    seed : int
        Of the simulated data.

    Returns
    -------
    DataFrame
        One row an element: ``variant``, ``seed``, the columns of `compare_with_truth`
        and ``divergences`` of the fit.
    """
    table = compare_with_truth(draws["posterior"].to_dataset(), truth)
    table.insert(0, "variant", variant)
    table.insert(1, "seed", seed)
    table["divergences"] = int(draws["sample_stats"]["diverging"].sum())
    return table


def simulated_panel(variant: Variant, seed: int, num_weeks: int) -> PricePressurePanel:
    """Twin of the data at the published estimates of a variant."""
    frame = simulate_price_pressure(variant, seed, num_weeks)
    return panel_from_frame(frame, f"simulated twin of {variant.name}, seed {seed}")


def truth_dataset(variant: Variant) -> xr.Dataset:
    """Parameters of a variant's twin, with the coordinates of the model's variables.

    Returns
    -------
    xr.Dataset
        Variables and units of `models.price_pressure_simulation.PricePressureTruth`,
        less the price discovery of a variant that has none.
    """
    values = asdict(published_truth(variant))
    if not variant.order_flow_terms:
        del values["price_discovery"]
    coords = {
        FACTOR: list(FACTORS),
        TENOR: list(TENOR_YEARS),
        INVENTORY_MARKET: list(variant.inventory_markets),
        ORDER_FLOW_TERM: [term.label for term in variant.order_flow_terms],
    }
    return xr.Dataset(
        {name: (DIMS[name], value) for name, value in values.items()}, coords
    )


def compare_with_truth(posterior: xr.Dataset, truth: xr.Dataset) -> pd.DataFrame:
    """Set the posterior of every parameter element beside its true value.

    Parameters
    ----------
    posterior : (chain, draw, ...) xr.Dataset
        Draws of every variable of `truth`.
    truth : xr.Dataset
        True values.

    Returns
    -------
    DataFrame
        One row an element: ``parameter``, ``element`` (empty of a scalar), ``truth``,
        ``mean``, ``sd``, ``lower_95``, ``upper_95`` (equal-tailed), ``r_hat``,
        ``ess_bulk``, ``ess_tail``, ``is_covered``.
    """
    draws = posterior[list(truth.data_vars)]
    quantile = draws.quantile([TAIL_PROBABILITY, 1 - TAIL_PROBABILITY], SAMPLE_DIMS)
    statistics = {
        "truth": truth,
        "mean": draws.mean(SAMPLE_DIMS),
        "sd": draws.std(SAMPLE_DIMS, ddof=1),
        "lower_95": quantile.isel(quantile=0, drop=True),
        "upper_95": quantile.isel(quantile=1, drop=True),
        "r_hat": az.rhat(draws),
        "ess_bulk": az.ess(draws, method="bulk"),
        "ess_tail": az.ess(draws, method="tail"),
    }
    joined = xr.concat(
        list(statistics.values()),
        dim=pd.Index(list(statistics), name="statistic"),
        coords="minimal",
        compat="override",
        join="exact",
    )
    table = az.dataset_to_dataframe(joined, sample_dims=["statistic"]).T
    table = table[list(statistics)]
    table["is_covered"] = table["truth"].between(table["lower_95"], table["upper_95"])
    names = table.index.to_series().str.extract(
        r"^(?P<parameter>\w+)(?:\[(?P<element>.+)\])?$"
    )
    names = names.fillna({"element": ""})
    return pd.concat([names, table], axis=1).reset_index(drop=True)
