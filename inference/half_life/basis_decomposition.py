"""What fitting the basis decomposition needs beyond the model itself."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pymc as pm
import xarray as xr
from numpy.typing import NDArray

from data.dims import DAY, TENOR
from data.half_life.basis_panel import BasisPanel
from inference.half_life.checks import BASIS_CHECKS
from inference.sampling import thin_evenly
from inference.states.evaluation import observed_variable
from inference.states.kalman import (
    OneStepAhead,
    draw_states,
    filtered_mean,
    one_step_ahead,
    probability_below,
)
from inference.traced.prepared import EARLIER_DATES, Masking, Past, PreparedModel
from inference.traced.used import used_dates_note
from models.half_life.basis_decomposition import (
    BasisDecompositionPriors,
    basis_decomposition_model,
    trading_days,
)
from models.half_life.basis_starts import starting_points
from models.likelihoods.kalman.arrays import StateSpace
from models.likelihoods.kalman.local_level_autoregression import (
    CORE_NDIM,
    DEVIATION,
    LEVEL,
    LOADING,
    series_state_spaces,
)
from models.priors import stored_priors

MODEL_NAME = "basis-decomposition"
VARIANT = "local-level-ar1"
OBSERVED = "basis_bp"
MASK = "is_quoted"

FloatArray = NDArray[Any]

STATES = {"level_bp": LEVEL, "deviation_bp": DEVIATION}


def prepare_basis_decomposition(
    panel: BasisPanel, priors: BasisDecompositionPriors | None = None
) -> PreparedModel:
    """Build the decomposition of a panel with what its trace has to record.

    Parameters
    ----------
    panel : BasisPanel
        Checked panel.
    priors : BasisDecompositionPriors, optional
        The defaults where left out.
    """
    priors = priors or BasisDecompositionPriors()
    dataset = trading_days(panel.dataset)

    def past(num_days: int) -> Past:
        return Past({}, starting_points(dataset.isel({DAY: slice(num_days)})))

    return PreparedModel(
        model=basis_decomposition_model(panel, priors),
        masking=Masking(MASK, past, predict_basis_decomposition),
        used=dataset,
        description={
            "model": MODEL_NAME,
            "variant": VARIANT,
            "data_sha256": panel.sha256,
            "data_source": panel.source,
            "priors": asdict(priors),
        },
        derive=derive_basis_decomposition,
        checks=BASIS_CHECKS,
        conditional_on=EARLIER_DATES,
        starts=starting_points(dataset),
        notes=[
            used_dates_note(
                panel.dataset[DAY], dataset[DAY], "weekday", "the others are holidays"
            )
        ],
    )


def prepare_from_basis_decomposition_trace(trace: xr.DataTree) -> PreparedModel:
    """Build the model that a trace was drawn from, from the trace alone."""
    return prepare_basis_decomposition(panel_of_trace(trace), priors_of_trace(trace))


def panel_of_trace(trace: xr.DataTree) -> BasisPanel:
    """Panel that a trace was fitted to, holidays left out."""
    return BasisPanel(
        dataset=trace["panel"].to_dataset(),
        source=trace.attrs["data_source"],
        sha256=trace.attrs["data_sha256"],
    )


def priors_of_trace(trace: xr.DataTree) -> BasisDecompositionPriors:
    """Priors that a trace was drawn under."""
    return stored_priors(BasisDecompositionPriors, trace.attrs["priors"])


def predict_basis_decomposition(model: pm.Model, draws: xr.Dataset) -> xr.Dataset:
    """Probability below each basis given earlier days, ``pit`` (sample, day, tenor).

    Parameters
    ----------
    model : pm.Model
        Of `models.half_life.basis_decomposition.basis_decomposition_model`.
    draws : (chain, draw, ...) xr.Dataset
        Of its parameters.
    """
    below = [
        np.hstack([probability_below(system) for system in of_draw])
        for of_draw in zip(*state_spaces_by_tenor(model, draws), strict=True)
    ]
    coords = {dim: list(model.coords[dim]) for dim in (DAY, TENOR)}
    return xr.Dataset({"pit": (("sample", DAY, TENOR), np.stack(below))}, coords=coords)


def derive_basis_decomposition(
    model: pm.Model, trace: xr.DataTree, num_draws: int, seed: int
) -> dict[str, xr.Dataset]:
    """Level and deviation given all data or the past, and predictions a day ahead.

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
        ``smoothed``: ``level_bp`` and ``deviation_bp`` (sample, day, tenor), paths
        drawn given all data, single precision. ``filtered``: the same (day, tenor),
        means given the data up to each day, averaged over the draws.
        ``one_step_ahead``: ``mean_bp``, ``sd_bp``, ``pit`` and
        ``standardized_innovation`` (day, tenor), see
        `inference.states.kalman.OneStepAhead`.
    """
    draws = thin_evenly(trace["posterior"].to_dataset(), num_draws)
    by_tenor = state_spaces_by_tenor(model, draws)
    rng = np.random.default_rng(seed)
    paths = [[draw_states(system, rng) for system in systems] for systems in by_tenor]
    means = [
        np.mean([filtered_mean(system) for system in systems], axis=0)
        for systems in by_tenor
    ]
    coords = {dim: list(model.coords[dim]) for dim in (DAY, TENOR)}
    drawn = np.stack(paths, axis=2).astype(np.float32)
    filtered = np.stack(means, axis=1)
    return {
        "smoothed": xr.Dataset(
            {
                name: (("sample", DAY, TENOR), drawn[..., k])
                for name, k in STATES.items()
            },
            coords=coords,
        ),
        "filtered": xr.Dataset(
            {name: ((DAY, TENOR), filtered[..., k]) for name, k in STATES.items()},
            coords=coords,
        ),
        "one_step_ahead": _predictions(
            [one_step_ahead(systems) for systems in by_tenor], coords
        ),
    }


def state_spaces_by_tenor(model: pm.Model, draws: xr.Dataset) -> list[list[StateSpace]]:
    """State space of every tenor at every draw.

    Parameters
    ----------
    model : pm.Model
        Of `models.half_life.basis_decomposition.basis_decomposition_model`.
    draws : (chain, draw, ...) xr.Dataset
        Of its parameters.
    """
    found = observed_variable(model, OBSERVED, draws, CORE_NDIM)
    basis = found.observation
    num_days, num_tenors = basis.shape
    state_input, no_input = np.zeros((num_days, 2)), np.zeros((num_days, 1))
    by_tenor: list[list[StateSpace]] = [[] for _ in range(num_tenors)]
    for is_quoted, *of_tenor in found.parameters:
        systems = series_state_spaces(*of_tenor)
        for k in range(num_tenors):
            by_tenor[k].append(
                StateSpace(
                    observation=np.ascontiguousarray(basis[:, k : k + 1]),
                    is_observed=np.ascontiguousarray(is_quoted[:, k : k + 1]),
                    loading=LOADING,
                    **{name: rows[k] for name, rows in systems.items()},
                    state_input=state_input,
                    observation_input=no_input,
                )
            )
    return by_tenor


def _predictions(ahead: list[OneStepAhead], coords: Mapping[str, Any]) -> xr.Dataset:
    names = {"mean": "mean_bp", "sd": "sd_bp"}
    return xr.Dataset(
        {
            names.get(field, field): (
                (DAY, TENOR),
                np.hstack([getattr(one, field) for one in ahead]),
            )
            for field in OneStepAhead._fields
        },
        coords=coords,
    )
