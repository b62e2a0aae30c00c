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
from inference.sampling import sample_posterior
from inference.settings import SamplerSettings
from inference.store import stamp_provenance
from models.dims import EVENT_DATE
from models.half_life import (
    imputation_data,
    linear_data,
    model_from_inputs,
    variant_inputs,
)
from models.half_life_inputs import HalfLifeInputs
from models.half_life_specification import (
    LINEAR,
    HalfLifePriors,
    HalfLifeSpecification,
    LinearHalfLifePriors,
)

MODEL_NAME = "half-life"

LARGEST_LOG_LIKELIHOOD = 2**26
"""Log densities that are kept, an outcome and draw each: half a gigabyte while they are
made. Of 100,000 outcomes that is 668 draws, enough for leave-one-out."""

SAMPLED_FORMS = ("_scaled", "_rotated")
"""Endings of the variables that effects are computed from, left out of a trace."""


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
    inputs = variant_inputs(panel, specification)
    return PreparedHalfLife(
        model=model_from_inputs(inputs, specification, priors),
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
        ``variance_inflation`` and ``finding``. Log densities are those of every k-th
        draw where all would be more than `LARGEST_LOG_LIKELIHOOD` numbers. Of several
        imputations the draws stand side by side as chains, and ``imputation``
        describes them: see `inference.half_life_imputation`.
    """
    start = time.perf_counter()
    inputs = prepared.inputs
    num_imputations = len(inputs.half_life_days)
    is_imputed = num_imputations > 1
    if is_imputed:
        is_linear = prepared.description["variant"] == LINEAR
        data_of = linear_data if is_linear else imputation_data
        imputations = [data_of(inputs, k) for k in range(num_imputations)]
        trace = sample_imputations(prepared.model, imputations, settings)
    else:
        trace = sample_posterior(
            prepared.model,
            settings,
            density_draws=LARGEST_LOG_LIKELIHOOD // len(inputs.outcomes),
            progressbar=progressbar,
        )
        trace["log_likelihood"] = trace["log_likelihood"].to_dataset().astype("float32")
    posterior = _reported(trace["posterior"].to_dataset())
    trace.attrs["incidental_dims"] = [EVENT_DATE]
    trace.attrs["incidental_r_hat"] = largest_incidental_r_hat(posterior, [EVENT_DATE])
    # There are thousands of them: kept of the posterior of one set of half-lives alone,
    # in single precision.
    dates = [] if is_imputed else _along_dates(posterior)
    trace["posterior"] = posterior.drop_dims(EVENT_DATE, errors="ignore").assign(
        {name: posterior[name].astype("float32") for name in dates}
    )
    trace["prior"] = _reported(trace["prior"].to_dataset()).drop_dims(
        EVENT_DATE, errors="ignore"
    )
    trace["covariates"] = covariate_dataset(inputs)
    trace["panel"] = panel_dataset(prepared.panel)
    _, _, found = check(trace)
    trace.attrs["diagnostics"] = FAILED if found else PASSED
    trace.attrs["diagnostic_failures"] = found
    stamp_provenance(trace, settings, prepared.description, time.perf_counter() - start)
    return trace


def _reported(draws: xr.Dataset) -> xr.Dataset:
    """Effects as they are, without what they were sampled as."""
    sampled = [str(x) for x in draws.data_vars if str(x).endswith(SAMPLED_FORMS)]
    return draws.drop_vars(sampled)


def _along_dates(draws: xr.Dataset) -> list[str]:
    return [str(name) for name, x in draws.items() if EVENT_DATE in x.dims]


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
