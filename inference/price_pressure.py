"""What fitting the price-pressure model needs beyond the model itself."""

from dataclasses import asdict

import numpy as np
import pymc as pm
import xarray as xr

from data.errors import DataError
from data.panels import PricePressurePanel
from inference.preparation import PreparedModel
from inference.sampling import thin_evenly
from inference.smoothing import draw_states, one_step_ahead, state_spaces
from models.dims import FACTOR, TENOR, WEEK
from models.price_pressure import PricePressurePriors, price_pressure_model
from models.price_pressure_inputs import select_inputs
from models.price_pressure_variants import VARIANTS
from models.priors import stored_priors

MODEL_NAME = "price-pressure"
OBSERVED = "yield_bp"
MASK = "is_quoted"


def prepare_price_pressure(
    panel: PricePressurePanel,
    variant: str,
    priors: PricePressurePriors | None = None,
) -> PreparedModel:
    """Build the model of one variant with what its trace has to record.

    Parameters
    ----------
    panel : PricePressurePanel
        Checked panel.
    variant : str
        Name in `models.price_pressure_variants.VARIANTS`.
    priors : PricePressurePriors, optional
        The defaults where left out.

    Returns
    -------
    PreparedModel

    Raises
    ------
    DataError
        If there is no such variant, or the panel lacks what it needs.
    """
    if variant not in VARIANTS:
        raise DataError(
            f"there is no variant {variant!r}", f"Choose one of {', '.join(VARIANTS)}."
        )
    priors = priors or PricePressurePriors()
    model = price_pressure_model(panel, variant, priors)
    return PreparedModel(
        model=model,
        mask_name=MASK,
        panel=select_inputs(panel, VARIANTS[variant]).dataset,
        description={
            "model": MODEL_NAME,
            "variant": variant,
            "data_sha256": panel.sha256,
            "data_source": panel.source,
            "priors": asdict(priors),
        },
        derive=derive_price_pressure,
    )


def prepare_from_price_pressure_trace(trace: xr.DataTree) -> PreparedModel:
    """Build the model that a trace was drawn from, from the trace alone."""
    panel = PricePressurePanel(
        dataset=trace["panel"].to_dataset(),
        source=trace.attrs["data_source"],
        sha256=trace.attrs["data_sha256"],
    )
    return prepare_price_pressure(
        panel,
        trace.attrs["variant"],
        stored_priors(PricePressurePriors, trace.attrs["priors"]),
    )


def derive_price_pressure(
    model: pm.Model, trace: xr.DataTree, num_draws: int, seed: int
) -> dict[str, xr.Dataset]:
    """Factors and efficient yields given all data, and predictions one week ahead.

    Parameters
    ----------
    model : pm.Model
        Model of the trace.
    trace : xr.DataTree
        Trace with group ``posterior``.
    num_draws : int
        Posterior draws to use, evenly thinned.
    seed : int
        Seed of the simulation smoother.

    Returns
    -------
    dict
        ``smoothed``: ``factor_bp`` (sample, week, factor) and ``efficient_yield_bp``
        (sample, week, tenor), equation (3) of Mixon & Tuzun (2018), single precision.
        ``one_step_ahead``: ``mean_bp``, ``sd_bp``, ``pit`` and
        ``standardized_innovation`` (week, tenor), see
        `inference.smoothing.OneStepAhead`.
    """
    draws = thin_evenly(trace["posterior"].to_dataset(), num_draws)
    systems = list(state_spaces(model, OBSERVED, draws))
    rng = np.random.default_rng(seed)
    factors = np.stack([draw_states(system, rng) for system in systems])
    loadings = np.stack([system.loading for system in systems])
    coords = {dim: list(model.coords[dim]) for dim in (WEEK, FACTOR, TENOR)}
    smoothed = xr.Dataset(
        {
            "factor_bp": (("sample", WEEK, FACTOR), factors.astype(np.float32)),
            "efficient_yield_bp": (
                ("sample", WEEK, TENOR),
                np.einsum("sik,stk->sti", loadings, factors).astype(np.float32),
            ),
        },
        coords=coords,
    )
    ahead = one_step_ahead(systems)
    predictions = xr.Dataset(
        {
            "mean_bp": ((WEEK, TENOR), ahead.mean),
            "sd_bp": ((WEEK, TENOR), ahead.sd),
            "pit": ((WEEK, TENOR), ahead.pit),
            "standardized_innovation": (
                (WEEK, TENOR),
                ahead.standardized_innovation,
            ),
        },
        coords={dim: coords[dim] for dim in (WEEK, TENOR)},
    )
    return {"smoothed": smoothed, "one_step_ahead": predictions}
