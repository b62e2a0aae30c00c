"""Inputs of the joint model of basis and events as one dataset, for the trace."""

from typing import Any

import xarray as xr

from data.dims import COVARIATE, EVENT_MIX, EVENT_TENOR, OUTCOME
from data.half_life.basis_events_panel import (
    EVENT_TYPES,
    BasisEventsPanel,
    panel_dataset,
)
from models.half_life.basis_decomposition import trading_days
from models.half_life.joint_inputs import JointInputs
from models.half_life.stored_inputs import OF_COVARIATES, TEXT


def joint_inputs_dataset(panel: BasisEventsPanel, inputs: JointInputs) -> xr.Dataset:
    """Panel and inputs as a dataset.

    Returns
    -------
    xr.Dataset
        Of `data.half_life.basis_events_panel.panel_dataset`, trading days alone. By
        outcome: ``outcome_tenor`` (years), ``start_date``, ``outcome_event_types``,
        ``mix`` and ``standardized_covariate`` (outcome, covariate). ``mix_weight``
        (event_mix, event_tenor). By covariate: those of
        `models.half_life.stored_inputs.OF_COVARIATES`.
    """
    outcomes, covariates = inputs.outcomes, inputs.covariates
    by_covariate = {
        name: (COVARIATE, covariates[name].astype(object if name in TEXT else float))
        for name in OF_COVARIATES
    }
    dataset = trading_days(panel_dataset(panel))
    variables: dict[str, Any] = {
        "outcome_tenor": (OUTCOME, outcomes["tenor"].to_numpy()),
        "start_date": (OUTCOME, outcomes["event_date"].to_numpy()),
        "outcome_event_types": (OUTCOME, outcomes[EVENT_TYPES].astype(object)),
        "mix": (OUTCOME, inputs.mix),
        "standardized_covariate": ((OUTCOME, COVARIATE), inputs.standardized),
        "mix_weight": ((EVENT_MIX, EVENT_TENOR), inputs.mix_weight),
        **by_covariate,
    }
    return dataset.assign(variables).assign_coords(
        {
            OUTCOME: list(outcomes.index),
            COVARIATE: list(covariates.index),
            EVENT_TENOR: inputs.event_tenors,
        }
    )
