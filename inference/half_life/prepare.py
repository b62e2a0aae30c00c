"""What fitting a half-life regression needs beyond the model itself."""

from dataclasses import asdict
from typing import Any

import pandas as pd
import pymc as pm
import xarray as xr

from data.dims import EVENT_DATE, MISSING_CELL, OUTCOME
from data.half_life.event_panel import HalfLifePanel, cleaning_of
from inference.fitting import fit
from inference.half_life.checks import HALF_LIFE_CHECKS
from inference.settings import SamplerSettings
from inference.traced.prepared import PreparedModel
from models.half_life.inputs import HalfLifeInputs
from models.half_life.model import (
    imputation_data,
    linear_data,
    model_from_inputs,
    variant_inputs,
)
from models.half_life.specification import (
    LINEAR,
    HalfLifePriors,
    HalfLifeSpecification,
    LinearHalfLifePriors,
)
from models.half_life.stored_inputs import inputs_dataset

MODEL_NAME = "half-life"

LARGEST_LOG_LIKELIHOOD = 2**26
"""Log densities that are kept, an outcome and draw each: half a gigabyte while they are
made. Of 100,000 outcomes that is 668 draws, enough for leave-one-out."""

SAMPLED_FORMS = ("_scaled", "_rotated")
"""Endings of the variables that effects are computed from, left out of a trace."""


def prepare_half_life(
    panel: HalfLifePanel,
    specification: HalfLifeSpecification,
    priors: HalfLifePriors | LinearHalfLifePriors | None = None,
) -> PreparedModel:
    """Build the model of a panel with what its trace has to record.

    Parameters
    ----------
    panel : HalfLifePanel
        Checked panel.
    specification : HalfLifeSpecification
        Variant and covariates.
    priors : HalfLifePriors or LinearHalfLifePriors, optional
        The defaults of the variant where left out.

    Returns
    -------
    PreparedModel
        Log densities are those of every k-th draw where all would be more than
        `LARGEST_LOG_LIKELIHOOD` numbers. The joint density of effects and their spread
        has no highest point, so that none is searched for.

    Raises
    ------
    DataError
        See `models.half_life.model.half_life_model`.
    """
    priors = priors or default_priors(specification)
    inputs = variant_inputs(panel, specification)

    def derive(
        _model: pm.Model, trace: xr.DataTree, _num_draws: int, _seed: int
    ) -> dict[str, xr.Dataset]:
        return derive_half_life(panel, trace)

    return PreparedModel(
        model=model_from_inputs(inputs, specification, priors),
        used=inputs_dataset(inputs),
        description={
            "model": MODEL_NAME,
            "variant": specification.variant,
            "data_sha256": panel.sha256,
            "data_source": panel.source,
            "covariates": list(inputs.covariates.index),
            "cleaning": cleaning_of(panel.frame),
            "priors": asdict(priors),
            "notes": inputs.notes,
        },
        derive=derive,
        checks=HALF_LIFE_CHECKS,
        starts=None,
        imputations=_imputations(inputs, specification.variant),
        incidental_dims=(EVENT_DATE, MISSING_CELL),
        density_draws=LARGEST_LOG_LIKELIHOOD // len(inputs.outcomes),
        notes=inputs.notes,
    )


def default_priors(
    specification: HalfLifeSpecification,
) -> HalfLifePriors | LinearHalfLifePriors:
    """Priors of a variant where none are given."""
    is_linear = specification.variant == LINEAR
    return LinearHalfLifePriors() if is_linear else HalfLifePriors()


def fit_half_life(
    prepared: PreparedModel, settings: SamplerSettings, *, progressbar: bool = True
) -> xr.DataTree:
    """Sample a half-life regression: `inference.fitting.fit`, under its former name."""
    return fit(prepared, settings, progressbar=progressbar)


def derive_half_life(panel: HalfLifePanel, trace: xr.DataTree) -> dict[str, xr.Dataset]:
    """Effects as they are reported, and the events behind the outcomes.

    Parameters
    ----------
    panel : HalfLifePanel
        What the inputs were selected from.
    trace : xr.DataTree
        Trace with groups ``posterior``, ``prior`` and ``log_likelihood``.

    Returns
    -------
    dict
        ``posterior`` and ``prior`` without what effects were sampled as;
        ``log_likelihood`` in single precision where it has one value an outcome;
        ``events`` (row), the event panel, events set aside included.
    """
    log_likelihood = trace["log_likelihood"].to_dataset()
    if OUTCOME in log_likelihood.dims:
        log_likelihood = log_likelihood.astype("float32")
    return {
        "posterior": without_sampled_forms(trace["posterior"].to_dataset()),
        "prior": without_sampled_forms(trace["prior"].to_dataset()),
        "log_likelihood": log_likelihood,
        "events": events_dataset(panel),
    }


def _imputations(inputs: HalfLifeInputs, variant: str) -> list[dict[str, Any]]:
    """Data variables of every imputation; none where there is only one."""
    number = len(inputs.half_life_days)
    data_of = linear_data if variant == LINEAR else imputation_data
    return [data_of(inputs, k) for k in range(number)] if number > 1 else []


def without_sampled_forms(draws: xr.Dataset) -> xr.Dataset:
    """Effects as they are, without what they were sampled as."""
    sampled = [str(x) for x in draws.data_vars if str(x).endswith(SAMPLED_FORMS)]
    return draws.drop_vars(sampled)


def events_dataset(panel: HalfLifePanel) -> xr.Dataset:
    """Event panel as it is kept in a trace, one ``row`` an event."""
    frame = panel.frame.rename_axis("row")
    text = {
        name: frame[name].astype(object)
        for name in frame.columns
        if pd.api.types.is_string_dtype(frame[name])
    }
    return frame.assign(**text).to_xarray()
