"""What fitting the joint model of basis and events needs beyond the model itself."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pymc as pm
import xarray as xr

from data.dims import DAY, EVENT_DATE, OUTCOME, TENOR
from data.half_life.basis_events_panel import BasisEventsPanel, panel_from_dataset
from inference.half_life.checks import JOINT_CHECKS
from inference.half_life.prepare import without_sampled_forms
from inference.sampling import SAMPLE_DIMS, thin_evenly
from inference.states.changing_components import (
    ComponentsDraw,
    component_draws,
    components_one_step_ahead,
)
from inference.states.kalman import OneStepAhead
from inference.traced.prepared import EARLIER_DATES, Masking, PreparedModel
from inference.traced.used import used_dates_note
from models.half_life.basis_decomposition import BasisDecompositionPriors
from models.half_life.joint_decay import (
    DEVIATION,
    EVENT,
    LEVEL,
    OBSERVED,
    SCORE_DRIVEN,
    JointDecayPriors,
    model_from_joint_inputs,
)
from models.half_life.joint_inputs import joint_inputs, refuse_constant_covariates
from models.half_life.specification import HalfLifePriors
from models.half_life.stored_joint_inputs import joint_inputs_dataset
from models.priors import stored_priors

MODEL_NAME = "basis-events"
MASK = "is_quoted"

COMPONENTS = {"level_bp": LEVEL, "deviation_bp": DEVIATION, "event_bp": EVENT}

HALF_LIFE_QUANTILES = {"lower_95": 0.025, "median": 0.5, "upper_95": 0.975}


def prepare_joint_decay(
    panel: BasisEventsPanel,
    covariates: tuple[str, ...] | None = None,
    volatility: str = SCORE_DRIVEN,
    priors: JointDecayPriors | None = None,
) -> PreparedModel:
    """Build the joint model of a panel with what its trace has to record.

    Parameters
    ----------
    panel : BasisEventsPanel
        Checked panel.
    covariates, volatility, priors
        As of `models.half_life.joint_decay.joint_decay_model`.

    Returns
    -------
    PreparedModel
        Effects and their spread have no highest point, so that none is searched for.

    Raises
    ------
    DataError
        See `models.half_life.joint_decay.joint_decay_model`.
    """
    refuse_constant_covariates(panel, covariates)
    return _prepare(panel, covariates, volatility, priors or JointDecayPriors())


def _prepare(
    panel: BasisEventsPanel,
    covariates: tuple[str, ...] | None,
    volatility: str,
    priors: JointDecayPriors,
) -> PreparedModel:
    inputs = joint_inputs(panel, covariates)
    is_driven = volatility == SCORE_DRIVEN

    def predict(model: pm.Model, draws: xr.Dataset) -> xr.Dataset:
        found = component_draws(model, OBSERVED, draws, is_driven=is_driven)
        below = np.stack([draw.probability_below for draw in found])
        coords = {dim: list(model.coords[dim]) for dim in (DAY, TENOR)}
        return xr.Dataset({"pit": (("sample", DAY, TENOR), below)}, coords=coords)

    def derive(
        model: pm.Model, trace: xr.DataTree, num_draws: int, _seed: int
    ) -> dict[str, xr.Dataset]:
        return derive_joint_decay(model, trace, num_draws, is_driven=is_driven)

    return PreparedModel(
        model=model_from_joint_inputs(inputs, volatility, priors),
        masking=Masking(MASK, predict=predict),
        used=joint_inputs_dataset(panel, inputs),
        description={
            "model": MODEL_NAME,
            "variant": volatility,
            "data_sha256": panel.sha256,
            "data_source": panel.source,
            "covariates": list(inputs.covariates.index),
            "priors": asdict(priors),
            "notes": inputs.notes,
        },
        derive=derive,
        checks=JOINT_CHECKS,
        conditional_on=EARLIER_DATES,
        starts=None,
        incidental_dims=(OUTCOME, EVENT_DATE),
        notes=[
            used_dates_note(
                panel.basis.dataset[DAY],
                inputs.basis[DAY],
                "weekday",
                "the others are holidays",
            ),
            *inputs.notes,
        ],
    )


def prepare_from_joint_decay_trace(trace: xr.DataTree) -> PreparedModel:
    """Build the model that a trace was drawn from, from the trace alone."""
    attributes = trace.attrs
    panel = panel_from_dataset(
        trace["panel"].to_dataset(),
        attributes["data_source"],
        attributes["data_sha256"],
    )
    return _prepare(
        panel,
        tuple(attributes["covariates"]),
        attributes["variant"],
        _stored(attributes["priors"]),
    )


def derive_joint_decay(
    model: pm.Model, trace: xr.DataTree, num_draws: int, *, is_driven: bool
) -> dict[str, xr.Dataset]:
    """Components given the past, predictions a day ahead, and half-lives of events.

    Parameters
    ----------
    model : pm.Model
        Model of the trace.
    trace : xr.DataTree
        Trace with groups ``posterior`` and ``prior``.
    num_draws : int
        Posterior draws to use, evenly thinned.
    is_driven : bool
        Whether innovations are score-driven.

    Returns
    -------
    dict
        ``posterior`` and ``prior`` without what effects were sampled as and half-lives
        of single events. ``filtered``: ``level_bp``, ``deviation_bp`` and ``event_bp``
        (day, tenor), means given the data up to each day, averaged over the draws.
        ``one_step_ahead``: ``mean_bp``, ``sd_bp``, ``pit`` and
        ``standardized_innovation`` (day, tenor). ``event_half_lives``: ``median``,
        ``lower_95`` and ``upper_95`` (outcome), trading days.
    """
    posterior = trace["posterior"].to_dataset()
    draws = list(
        component_draws(
            model, OBSERVED, thin_evenly(posterior, num_draws), is_driven=is_driven
        )
    )
    coords = {dim: list(model.coords[dim]) for dim in (DAY, TENOR)}
    half_lives = posterior["event_half_life_days"]
    quantiles = {
        name: half_lives.quantile(level, SAMPLE_DIMS).drop_vars("quantile")
        for name, level in HALF_LIFE_QUANTILES.items()
    }
    reported = {
        group: without_sampled_forms(trace[group].to_dataset())
        for group in ("posterior", "prior")
    }
    return {
        **reported,
        "filtered": _filtered(draws, coords),
        "one_step_ahead": _predictions(components_one_step_ahead(draws), coords),
        "event_half_lives": xr.Dataset(quantiles),
    }


def _filtered(draws: list[ComponentsDraw], coords: dict[str, Any]) -> xr.Dataset:
    mean = np.mean([draw.filtered for draw in draws], axis=0)
    return xr.Dataset(
        {name: ((DAY, TENOR), mean[..., k]) for name, k in COMPONENTS.items()},
        coords=coords,
    )


def _predictions(ahead: OneStepAhead, coords: dict[str, Any]) -> xr.Dataset:
    names = {"mean": "mean_bp", "sd": "sd_bp"}
    return xr.Dataset(
        {
            names.get(field, field): ((DAY, TENOR), getattr(ahead, field))
            for field in OneStepAhead._fields
        },
        coords=coords,
    )


def _stored(priors: dict[str, Any]) -> JointDecayPriors:
    nested = {
        "quiet": stored_priors(BasisDecompositionPriors, priors["quiet"]),
        "effects": stored_priors(HalfLifePriors, priors["effects"]),
    }
    others = {name: x for name, x in priors.items() if name not in nested}
    return stored_priors(JointDecayPriors, others | nested)
