"""What fitting the liquidity-regimes model needs beyond the model itself."""

from dataclasses import asdict, replace

import numpy as np
import pymc as pm
import xarray as xr

from data.dims import DAY, STATE
from data.liquidity_regimes.panel import LiquidityPanel
from inference.liquidity_regimes.checks import REGIMES_CHECKS
from inference.sampling import SAMPLE_DIMS, thin_evenly
from inference.states.hidden_markov import (
    StateSummary,
    hidden_markov_draws,
    likely_path,
    predict_days,
    summarize_states,
)
from inference.traced.prepared import EARLIER_DATES, Masking, Past, PreparedModel
from inference.traced.used import used_dates_note
from models.liquidity_regimes.data_variables import (
    IS_OBSERVED,
    PRIOR_SCALES,
    model_data,
)
from models.liquidity_regimes.inputs import LiquidityRegimesInputs, select_inputs
from models.liquidity_regimes.model import model_from_inputs
from models.liquidity_regimes.priors import LiquidityRegimesPriors
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from models.liquidity_regimes.starts import starting_points
from models.priors import stored_priors

MODEL_NAME = "liquidity-regimes"
OBSERVED = "price_impact"


def prepare_liquidity_regimes(
    panel: LiquidityPanel,
    specification: LiquidityRegimesSpecification,
    priors: LiquidityRegimesPriors | None = None,
) -> PreparedModel:
    """Build the model of one specification with what its trace has to record.

    Parameters
    ----------
    panel : LiquidityPanel
        Checked panel.
    specification : LiquidityRegimesSpecification
        Variant of the model.
    priors : LiquidityRegimesPriors, optional
        The defaults where left out.

    Raises
    ------
    DataError
        The panel lacks what the specification needs.
    """
    priors = priors or LiquidityRegimesPriors()
    inputs = select_inputs(panel, specification)
    model = model_from_inputs(inputs, specification, priors)

    def past(num_days: int) -> Past:
        days = inputs.dataset.isel(day=slice(num_days))
        known = select_inputs(replace(panel, dataset=days), specification)
        data = model_data(known, specification)
        scales = {name: data[name] for name in PRIOR_SCALES if name in model}
        return Past(scales, starting_points(known, specification, priors))

    return PreparedModel(
        model=model,
        used=inputs.dataset,
        description={
            "model": MODEL_NAME,
            "variant": specification.name,
            "data_sha256": panel.sha256,
            "data_source": panel.source,
            "data_notes": list(panel.notes),
            "specification": asdict(specification),
            "priors": asdict(priors),
        },
        derive=derive_liquidity_regimes,
        checks=REGIMES_CHECKS,
        conditional_on=EARLIER_DATES,
        starts=starting_points(inputs, specification, priors),
        masking=Masking(IS_OBSERVED, past, predict_liquidity_regimes),
        notes=[*_notes(panel, inputs), *panel.notes],
    )


def _notes(panel: LiquidityPanel, inputs: LiquidityRegimesInputs) -> list[str]:
    why = "not every security is there on the others"
    notes = [used_dates_note(panel.dataset[DAY], inputs.dataset[DAY], "day", why)]
    missing = int((inputs.is_observed == 0).any(axis=1).sum())
    if missing:
        notes.append(f"{missing} of them lack a price impact, which is integrated out")
    return notes


def prepare_from_liquidity_regimes_trace(trace: xr.DataTree) -> PreparedModel:
    """Build the model that a trace was drawn from, from the trace alone."""
    return prepare_liquidity_regimes(
        panel_of_trace(trace), specification_of_trace(trace), priors_of_trace(trace)
    )


def panel_of_trace(trace: xr.DataTree) -> LiquidityPanel:
    """Panel that a trace was fitted to, as far as it was used."""
    return LiquidityPanel(
        dataset=trace["panel"].to_dataset(),
        source=trace.attrs["data_source"],
        sha256=trace.attrs["data_sha256"],
        notes=tuple(trace.attrs["data_notes"]),
    )


def specification_of_trace(trace: xr.DataTree) -> LiquidityRegimesSpecification:
    """Variant of the model that a trace is of."""
    return LiquidityRegimesSpecification(**trace.attrs["specification"])


def priors_of_trace(trace: xr.DataTree) -> LiquidityRegimesPriors:
    """Priors that a trace was drawn under."""
    return stored_priors(LiquidityRegimesPriors, trace.attrs["priors"])


def predict_liquidity_regimes(model: pm.Model, draws: xr.Dataset) -> xr.Dataset:
    """What each draw predicts of a day from the days before.

    Parameters
    ----------
    model : pm.Model
        Of `models.liquidity_regimes.model.liquidity_regimes_model`.
    draws : (chain, draw, ...) xr.Dataset
        Of its parameters.

    Returns
    -------
    xr.Dataset
        ``pit`` (sample, day[, security]), the probability below the price impact, and
        ``predicted_probability`` (sample, day, state).
    """
    days = [predict_days(draw) for draw in hidden_markov_draws(model, OBSERVED, draws)]
    pit = np.stack([day.pit for day in days])
    dims = model.named_vars_to_dims[OBSERVED]
    return xr.Dataset(
        {
            # A single security is no dimension.
            "pit": (("sample", *dims), pit if len(dims) == 2 else pit[:, :, 0]),
            "predicted_probability": (
                ("sample", DAY, STATE),
                np.stack([day.probability for day in days]),
            ),
        },
        coords={dim: list(model.coords[dim]) for dim in (*dims, STATE)},
    )


def derive_liquidity_regimes(
    model: pm.Model, trace: xr.DataTree, num_draws: int, seed: int
) -> dict[str, xr.Dataset]:
    """Liquidity states given all data, and predictions one day ahead.

    Parameters
    ----------
    model : pm.Model
        Model of the trace.
    trace : xr.DataTree
        Trace with group ``posterior``.
    num_draws : int
        Posterior draws to use, evenly thinned.
    seed : int
        Seed of the paths of the states.

    Returns
    -------
    dict
        ``regimes``: ``smoothed_probability``, ``filtered_probability`` and
        ``predicted_probability`` (day, state), given all data, those up to the day and
        those up to the day before, means over the draws; ``state_path`` (sample, day),
        one path a draw given all data, and ``most_likely_path`` (day), that of the
        posterior mean of the parameters; states from 1, the least liquid.
        ``one_step_ahead``: ``mean``, ``sd``, ``pit`` and ``standardized_innovation``
        (day[, security]) of each price impact given all earlier days.
    """
    posterior = trace["posterior"].to_dataset()
    draws = list(
        hidden_markov_draws(model, OBSERVED, thin_evenly(posterior, num_draws))
    )
    average = posterior.mean(SAMPLE_DIMS).expand_dims(SAMPLE_DIMS)
    (centre,) = hidden_markov_draws(model, OBSERVED, average)
    summary = summarize_states(draws, np.random.default_rng(seed))
    coords = {dim: list(model.coords[dim]) for dim in (DAY, STATE)}
    regimes = xr.Dataset(
        {
            "smoothed_probability": ((DAY, STATE), summary.smoothed),
            "filtered_probability": ((DAY, STATE), summary.filtered),
            "predicted_probability": ((DAY, STATE), summary.predicted),
            "most_likely_path": (DAY, (likely_path(centre) + 1).astype(np.int8)),
            "state_path": (("sample", DAY), (summary.path + 1).astype(np.int8)),
        },
        coords=coords,
    )
    return {
        "regimes": regimes,
        "one_step_ahead": _one_step_ahead(model, summary, centre.observation),
    }


def _one_step_ahead(
    model: pm.Model, summary: StateSummary, observation: np.ndarray
) -> xr.Dataset:
    dims = model.named_vars_to_dims[OBSERVED]
    innovation = (observation - summary.mean) / summary.sd
    values = {
        "mean": summary.mean,
        "sd": summary.sd,
        "pit": summary.pit,
        "standardized_innovation": np.where(
            np.isfinite(summary.pit), innovation, np.nan
        ),
    }
    return xr.Dataset(
        # A single security is no dimension.
        {
            name: (dims, value if len(dims) == value.ndim else value[:, 0])
            for name, value in values.items()
        },
        coords={dim: list(model.coords[dim]) for dim in dims},
    )
