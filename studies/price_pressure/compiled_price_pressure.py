"""The price-pressure model compiled once and fitted to many data sets of one shape."""

import numpy as np
from numpy.typing import NDArray

from data.price_pressure.panel import PricePressurePanel
from models.price_pressure.inputs import select_inputs
from models.price_pressure.model import price_pressure_model
from models.price_pressure.terms import rough_factor_mean
from models.price_pressure.variants import Variant
from studies.compiled_model import CompiledModel

PARAMETERS = (
    "price_pressure",
    "price_discovery",
    "persistence",
    "factor_mean_bp",
    "factor_innovation_sd_bp",
    "yield_noise_sd_bp",
    "decay_per_month",
    "factor_persistence",
    "factor_innovation_correlation",
    "error_persistence",
    "error_innovation_sd_bp",
    "intercept_bp",
    "covariance_half_life_weeks",
    "covariance_reaction",
    "scale_half_life_weeks",
    "scale_reaction",
    "degrees_of_freedom",
)
"""Variables of the model that a study looks at; a half-life says no more than its
persistence."""

QUOTED_YIELDS = "quoted_yield_bp"
"""Data variable of the model with the yields."""

ROUGH_FACTOR_MEAN = "rough_factor_mean_bp"
"""Data variable around which the sampler looks for the factor means."""


def model_data(
    panel: PricePressurePanel, variant: Variant
) -> dict[str, NDArray[np.float64]]:
    """Arrays of a panel by the name of the model's data variable.

    Parameters
    ----------
    panel : PricePressurePanel
        Panel with every input of the variant.
    variant : Variant
        Inventory and order-flow surprises are left out where it has no term for them.

    Returns
    -------
    dict of str to array
        See `models.price_pressure.inputs.PricePressureInputs` for shapes and units.
    """
    inputs = select_inputs(panel, variant)
    arrays = {
        QUOTED_YIELDS: inputs.yield_bp,
        "is_quoted": inputs.is_quoted,
        ROUGH_FACTOR_MEAN: rough_factor_mean(
            inputs.dataset["yield_bp"].to_numpy(), inputs.tenor_months
        ),
    }
    if variant.inventory_markets:
        arrays["inventory_dv01_musd"] = inputs.inventory_dv01_musd
    if variant.order_flow_terms:
        arrays["order_flow_surprise_busd"] = inputs.order_flow_surprise_busd
    return arrays


class CompiledPricePressure(CompiledModel):
    """One variant's posterior, compiled for data sets of one length.

    Parameters
    ----------
    panel : PricePressurePanel
        Gives the shapes, and the data where `sample` is not told otherwise.
    variant : Variant
        Specification.
    """

    def __init__(self, panel: PricePressurePanel, variant: Variant) -> None:
        model = price_pressure_model(panel, variant)
        super().__init__(
            model, [name for name in PARAMETERS if name in model.named_vars]
        )
