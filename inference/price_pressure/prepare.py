"""What fitting the price-pressure model needs beyond the model itself."""

from dataclasses import asdict
from functools import partial

import numpy as np
import pymc as pm
import xarray as xr

from data.arrays import FloatArray
from data.dims import FACTOR, ROTATED_FACTOR, TENOR
from data.errors import DataError
from data.price_pressure.frequency import frequency_of_dims
from data.price_pressure.panel import PricePressurePanel
from inference.price_pressure.checks import CHECKS
from inference.sampling import SAMPLE_DIMS, thin_evenly
from inference.states.kalman import (
    draw_states,
    one_step_ahead,
    probability_below,
    state_spaces,
)
from inference.states.score_driven import (
    one_step_ahead_score_driven,
    probability_below_score_driven,
    score_driven_systems,
)
from inference.traced.prepared import (
    EARLIER_DATES,
    Masking,
    Past,
    PreparedModel,
)
from inference.traced.used import used_dates_note
from models.price_pressure.inputs import (
    PricePressureInputs,
    latest_inputs,
    select_inputs,
)
from models.price_pressure.model import PricePressurePriors, price_pressure_model
from models.price_pressure.persistent_errors import PersistentErrorsPriors
from models.price_pressure.starts import starting_points
from models.price_pressure.variants import (
    EVERY_VARIANT,
    PersistentErrorsVariant,
    Variant,
    of_tenors,
)
from models.priors import stored_priors

MODEL_NAME = "price-pressure"
OBSERVED = "yield_bp"
MASK = "is_quoted"


def prepare_price_pressure(
    panel: PricePressurePanel,
    variant: str,
    priors: PricePressurePriors | PersistentErrorsPriors | None = None,
) -> PreparedModel:
    """Build the model of one variant with what its trace has to record.

    Parameters
    ----------
    panel : PricePressurePanel
        Checked panel.
    variant : str
        Name in `models.price_pressure.variants.EVERY_VARIANT`.
    priors : PricePressurePriors or PersistentErrorsPriors, optional
        As the variant takes them; the defaults where left out.

    Raises
    ------
    DataError
        If there is no such variant, or the panel lacks what it needs.
    """
    if variant not in EVERY_VARIANT:
        raise DataError(
            f"there is no variant {variant!r}",
            f"Choose one of {', '.join(EVERY_VARIANT)}.",
        )
    tenors = panel.dataset[TENOR].to_numpy().tolist()
    specification = of_tenors(EVERY_VARIANT[variant], tenors)
    priors = priors or priors_of(variant)()
    model = price_pressure_model(panel, variant, priors)
    inputs = select_inputs(panel, specification)

    def starts(known: PricePressureInputs) -> list[dict[str, FloatArray]]:
        # Where errors persist, every scattered start ends at one mode.
        if isinstance(specification, PersistentErrorsVariant):
            return []
        return starting_points(known)

    def past(num_dates: int) -> Past:
        return Past({}, starts(inputs.first_dates(num_dates)))

    return PreparedModel(
        model=model,
        masking=Masking(MASK, past, partial(predict_price_pressure, specification)),
        used=inputs.dataset,
        description={
            "model": MODEL_NAME,
            "variant": variant,
            "data_sha256": panel.sha256,
            "data_source": panel.source,
            "priors": asdict(priors),
        },
        derive=partial(derive_price_pressure, specification),
        checks=CHECKS,
        conditional_on=EARLIER_DATES,
        starts=starts(inputs),
        notes=_notes(panel, specification, inputs),
    )


def _notes(
    panel: PricePressurePanel, variant: Variant, inputs: PricePressureInputs
) -> list[str]:
    step = panel.frequency.dim
    latest = latest_inputs(panel, variant)
    more = f" and {len(latest) - 1} more" if len(latest) > 1 else ""
    why = f"{latest[0]}{more} not known before" if latest else ""
    dates, used = panel.dataset[step], inputs.dataset[step]
    notes = [used_dates_note(dates, used, panel.frequency.unit, why)]
    without = int((~inputs.is_quoted.astype(bool)).any(axis=1).sum())
    if without:
        notes.append(f"{without} of them lack a yield, which is integrated out")
    return notes


def prepare_from_price_pressure_trace(trace: xr.DataTree) -> PreparedModel:
    """Build the model that a trace was drawn from, from the trace alone."""
    return prepare_price_pressure(
        panel_of_trace(trace), trace.attrs["variant"], priors_of_trace(trace)
    )


def panel_of_trace(trace: xr.DataTree) -> PricePressurePanel:
    """Panel that a trace was fitted to, as far as it was used."""
    return PricePressurePanel(
        dataset=trace["panel"].to_dataset(),
        source=trace.attrs["data_source"],
        sha256=trace.attrs["data_sha256"],
    )


def priors_of_trace(trace: xr.DataTree) -> PricePressurePriors | PersistentErrorsPriors:
    """Priors that a trace was drawn under."""
    kind = priors_of(trace.attrs["variant"])
    return stored_priors(kind, trace.attrs["priors"])


def priors_of(
    variant: str,
) -> type[PricePressurePriors] | type[PersistentErrorsPriors]:
    """Kind of priors that a variant takes."""
    if isinstance(EVERY_VARIANT.get(variant), PersistentErrorsVariant):
        return PersistentErrorsPriors
    return PricePressurePriors


def predict_price_pressure(
    variant: Variant, model: pm.Model, draws: xr.Dataset
) -> xr.Dataset:
    """Probability below each yield given earlier weeks, ``pit`` (sample, week, tenor).

    Parameters
    ----------
    variant : Variant
        Specification of the model.
    model : pm.Model
        Price-pressure model.
    draws : (chain, draw, ...) xr.Dataset
        Draws of at least every free parameter.
    """
    if is_score_driven(variant):
        driven = score_driven_systems(model, OBSERVED, draws)
        below = np.stack([probability_below_score_driven(x) for x in driven])
    else:
        systems = state_spaces(model, OBSERVED, draws)
        below = np.stack([probability_below(x) for x in systems])
    step = frequency_of_dims(model.coords).dim
    coords = {dim: list(model.coords[dim]) for dim in (step, TENOR)}
    return xr.Dataset({"pit": (("sample", step, TENOR), below)}, coords=coords)


def is_score_driven(variant: Variant) -> bool:
    """Whether the volatility of a variant moves with what was seen."""
    return (
        isinstance(variant, PersistentErrorsVariant)
        and variant.volatility == "score-driven"
    )


def derive_price_pressure(
    variant: Variant, model: pm.Model, trace: xr.DataTree, num_draws: int, seed: int
) -> dict[str, xr.Dataset]:
    """Factors and efficient yields given all data, and predictions one step ahead.

    Parameters
    ----------
    variant : Variant
        Specification of the model.
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
        (sample, week, tenor), equation (3) of Mixon & Tuzun (2018), single precision;
        with score-driven volatility they are the best linear ones.
        ``one_step_ahead``: ``mean_bp``, ``sd_bp``, ``pit`` and
        ``standardized_innovation`` (week, tenor), see
        `inference.states.kalman.OneStepAhead`.
    """
    draws = thin_evenly(trace["posterior"].to_dataset(), num_draws)
    if is_score_driven(variant):
        driven = list(score_driven_systems(model, OBSERVED, draws))
        systems = [system.state_space for system in driven]
        ahead = one_step_ahead_score_driven(driven)
    else:
        systems = list(state_spaces(model, OBSERVED, draws))
        ahead = one_step_ahead(systems)
    step = frequency_of_dims(model.coords).dim
    coords = {dim: list(model.coords[dim]) for dim in (step, FACTOR, TENOR)}
    num_factors = len(coords[FACTOR])
    rng = np.random.default_rng(seed)
    # Errors stand behind the factors in the vector of states.
    states = np.stack([draw_states(x, rng)[:, :num_factors] for x in systems])
    loadings = np.stack([system.loading[:, :num_factors] for system in systems])
    smoothed = xr.Dataset(
        {
            "factor_bp": (
                ("sample", step, FACTOR),
                _rotated(states, draws).astype(np.float32),
            ),
            "efficient_yield_bp": (
                ("sample", step, TENOR),
                np.einsum("sik,stk->sti", loadings, states).astype(np.float32),
            ),
        },
        coords=coords,
    )
    predictions = xr.Dataset(
        {
            "mean_bp": ((step, TENOR), ahead.mean),
            "sd_bp": ((step, TENOR), ahead.sd),
            "pit": ((step, TENOR), ahead.pit),
            "standardized_innovation": (
                (step, TENOR),
                ahead.standardized_innovation,
            ),
        },
        coords={dim: coords[dim] for dim in (step, TENOR)},
    )
    return {"smoothed": smoothed, "one_step_ahead": predictions}


def _rotated(states: FloatArray, draws: xr.Dataset) -> FloatArray:
    """Factors from the independent states, (sample, week, factor)."""
    if "factor_rotation" not in draws:
        return states
    rotation = draws["factor_rotation"].stack(sample=SAMPLE_DIMS)
    ordered = rotation.transpose("sample", FACTOR, ROTATED_FACTOR).to_numpy()
    return np.einsum("sij,stj->sti", ordered, states)
