"""Fit a half-life regression, once or for every imputation of the half-lives."""

import time
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd
import pymc as pm
import xarray as xr

from data.half_life_panels import HalfLifePanel
from inference.diagnostics import largest_incidental_r_hat
from inference.fitting import FAILED, PASSED, check
from inference.half_life_imputation import sample_imputations
from inference.half_life_survival import group_survival
from inference.sampling import sample_posterior
from inference.settings import SamplerSettings
from inference.store import stamp_provenance
from models.dims import EVENT_DATE
from models.half_life import model_from_inputs
from models.half_life_inputs import HalfLifeInputs, select_inputs
from models.half_life_specification import (
    LINEAR,
    HalfLifePriors,
    HalfLifeSpecification,
    LinearHalfLifePriors,
)

MODEL_NAME = "half-life"

SAMPLED_FORM = "_scaled"
"""Ending of the variables that effects are computed from, left out of a trace."""


@dataclass(frozen=True, kw_only=True)
class PreparedHalfLife:
    """A half-life regression ready to be fitted.

    Parameters
    ----------
    model : pm.Model
        Unsampled model, of the first imputation.
    inputs : HalfLifeInputs
        Of all imputations; its notes say what the data cannot tell.
    panel : HalfLifePanel
        What the inputs were selected from, kept in the trace.
    description : dict
        Attributes of the trace.
    """

    model: pm.Model
    inputs: HalfLifeInputs
    panel: HalfLifePanel
    description: dict[str, Any]


def prepare_half_life(
    panel: HalfLifePanel,
    specification: HalfLifeSpecification,
    priors: HalfLifePriors | LinearHalfLifePriors | None = None,
) -> PreparedHalfLife:
    """Build the model of a panel with what its trace has to record.

    Parameters
    ----------
    panel : HalfLifePanel
        Checked panel.
    specification : HalfLifeSpecification
        Variant and covariates.
    priors : HalfLifePriors or LinearHalfLifePriors, optional
        The defaults of the variant where left out.

    Raises
    ------
    DataError
        See `models.half_life.half_life_model`.
    """
    if priors is None:
        is_linear = specification.variant == LINEAR
        priors = LinearHalfLifePriors() if is_linear else HalfLifePriors()
    inputs = select_inputs(panel, specification)
    return PreparedHalfLife(
        model=model_from_inputs(inputs, specification, priors, panel.source),
        inputs=inputs,
        panel=panel,
        description={
            "model": MODEL_NAME,
            "variant": specification.variant,
            "data_sha256": panel.sha256,
            "data_source": panel.source,
            "covariates": list(inputs.covariates.index),
            "priors": asdict(priors),
            "notes": inputs.notes,
        },
    )


def fit_half_life(
    prepared: PreparedHalfLife,
    settings: SamplerSettings,
    *,
    progressbar: bool = True,
) -> xr.DataTree:
    """Sample a half-life regression, derive all that its trace holds, and check it.

    Parameters
    ----------
    prepared : PreparedHalfLife
        Model and data.
    settings : SamplerSettings
        Settings of the run, or of each imputation's where there are several.
    progressbar : bool
        Show the progress of the chains.

    Returns
    -------
    xr.DataTree
        The groups of `inference.sampling.sample_posterior`; ``panel`` (row), the event
        panel; ``covariates`` (covariate): ``transformation``, ``center``, ``scale``,
        ``variance_inflation`` and ``finding``; and for the duration models
        ``survival``, see `inference.half_life_survival`. Of several imputations the
        draws stand side by side as chains, and ``imputation`` describes them: see
        `inference.half_life_imputation`.
    """
    start = time.perf_counter()
    is_imputed = len(prepared.inputs.half_life_days) > 1
    if is_imputed:
        trace = sample_imputations(prepared.model, prepared.inputs, settings)
    else:
        trace = sample_posterior(prepared.model, settings, progressbar=progressbar)
        trace["log_likelihood"] = trace["log_likelihood"].to_dataset().astype("float32")
    posterior = trace["posterior"].to_dataset()
    trace.attrs["incidental_dims"] = [EVENT_DATE]
    trace.attrs["incidental_r_hat"] = largest_incidental_r_hat(posterior, [EVENT_DATE])
    if prepared.description["variant"] != LINEAR:
        trace["survival"] = group_survival(
            posterior, prepared.inputs, settings.predictive_draws
        )
    for group in ("posterior", "prior"):
        draws = trace[group].to_dataset()
        sampled = [str(x) for x in draws.data_vars if str(x).endswith(SAMPLED_FORM)]
        draws = draws.drop_vars(sampled)
        # Twenty times a thousand effects of dates are too much to keep, and their
        # values differ between imputations.
        trace[group] = (
            draws.drop_dims(EVENT_DATE, errors="ignore") if is_imputed else draws
        )
    trace["covariates"] = covariate_dataset(prepared.inputs)
    trace["panel"] = panel_dataset(prepared.panel)
    _, _, found = check(trace)
    trace.attrs["diagnostics"] = FAILED if found else PASSED
    trace.attrs["diagnostic_failures"] = found
    stamp_provenance(trace, settings, prepared.description, time.perf_counter() - start)
    return trace


def panel_dataset(panel: HalfLifePanel) -> xr.Dataset:
    """Event panel as it is kept in a trace, one ``row`` an event."""
    frame = panel.frame.rename_axis("row")
    text = {
        name: frame[name].astype(object)
        for name in frame.columns
        if pd.api.types.is_string_dtype(frame[name])
    }
    return frame.assign(**text).to_xarray()


def covariate_dataset(inputs: HalfLifeInputs) -> xr.Dataset:
    """How each covariate entered and what was found about it, (covariate,)."""
    table = inputs.covariates
    text = {name: table[name].astype(object) for name in ("transformation", "finding")}
    return table.assign(**text).to_xarray()
