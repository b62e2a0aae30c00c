"""What fitting the threshold regression needs beyond the model itself."""

from collections.abc import Callable
from dataclasses import asdict

import numpy as np
import pymc as pm
import xarray as xr

from data.arrays import FloatArray
from data.dims import DAY, REGIME, THRESHOLD
from data.liquidity_regimes.panel import LiquidityPanel
from inference.liquidity_regimes.checks import THRESHOLD_CHECKS
from inference.sampling import thin_evenly
from inference.traced.prepared import PreparedModel
from inference.traced.used import used_dates_note
from models.liquidity_regimes.threshold_regression import (
    NUM_REGIMES,
    ThresholdRegressionInputs,
    ThresholdRegressionPriors,
    draw_threshold_prior,
    draw_thresholds,
    regime_of,
    threshold_inputs,
    threshold_regression_model,
)

MODEL_NAME = "threshold-regression"
VARIANT = "two-thresholds"
OBSERVED = "price_impact"
THRESHOLDS = ("1", "2")

LEAST_SLOPE = 0.1
"""Smallest slope to start from, in slopes of the whole sample."""


def prepare_threshold_regression(
    panel: LiquidityPanel,
    security: str | None = None,
    priors: ThresholdRegressionPriors | None = None,
) -> PreparedModel:
    """Build the model on one security with what its trace has to record.

    Parameters
    ----------
    panel : LiquidityPanel
        Checked panel.
    security : str, optional
        Label in the panel; may be left out when it has only one.
    priors : ThresholdRegressionPriors, optional
        The defaults where left out.

    Returns
    -------
    PreparedModel
        Without masking: without an order in time, no date is predicted from earlier
        ones.

    Raises
    ------
    DataError
        The panel lacks the security or its volatility.
    """
    priors = priors or ThresholdRegressionPriors()
    inputs = threshold_inputs(panel, security)

    def derive(
        _model: pm.Model, trace: xr.DataTree, num_draws: int, seed: int
    ) -> dict[str, xr.Dataset]:
        return derive_threshold_regression(inputs, trace, num_draws, seed)

    return PreparedModel(
        model=threshold_regression_model(inputs, priors),
        used=inputs.dataset,
        description={
            "model": MODEL_NAME,
            "variant": VARIANT if security is None else f"{VARIANT}-{security}",
            "data_sha256": panel.sha256,
            "data_source": panel.source,
            "data_notes": list(panel.notes),
            "priors": asdict(priors),
        },
        derive=derive,
        checks=THRESHOLD_CHECKS,
        # Thresholds are summed out along volatility.
        conditional_on="observations of all days of lower volatility",
        starts=[_starting_point(inputs)],
        notes=[
            used_dates_note(
                panel.dataset[DAY],
                inputs.day,
                "day",
                "the others have no price impact",
            ),
            *panel.notes,
        ],
    )


def derive_threshold_regression(
    inputs: ThresholdRegressionInputs, trace: xr.DataTree, num_draws: int, seed: int
) -> dict[str, xr.Dataset]:
    """Thresholds for every draw, and predictions that know them.

    Parameters
    ----------
    inputs : ThresholdRegressionInputs
        Data of the model.
    trace : xr.DataTree
        Trace with groups ``posterior``, ``prior``, ``prior_predictive``,
        ``observed_data`` and ``log_likelihood``.
    num_draws : int
        Draws of the posterior predictive distribution.
    seed : int
        Of the random numbers.

    Returns
    -------
    dict
        ``posterior`` and ``prior`` with ``volatility_threshold_bp`` (threshold);
        ``posterior_predictive`` with ``price_impact`` (day) given each draw's
        thresholds, single precision; it and the last three groups above with days in
        calendar order; ``goodness_of_fit`` with ``r_squared``, 1 - residual variance /
        variance of price impact, of every draw.
    """
    rng = np.random.default_rng(seed)

    def given_data(slope: FloatArray, noise_sd: float) -> FloatArray:
        return draw_thresholds(inputs, slope, noise_sd, rng)

    def from_prior(slope: FloatArray, noise_sd: float) -> FloatArray:
        return draw_threshold_prior(inputs.volatility_bp, inputs.is_candidate, rng)

    def r_squared(slope: FloatArray, threshold_bp: FloatArray) -> float:
        residual = inputs.price_impact - _fitted(inputs, slope, threshold_bp)
        return float(1 - residual.var() / inputs.price_impact.var())

    def predicted(
        slope: FloatArray, noise_sd: float, threshold_bp: FloatArray
    ) -> FloatArray:
        noise = noise_sd * rng.standard_normal(len(inputs.day))
        return _fitted(inputs, slope, threshold_bp) + noise

    posterior = _with_thresholds(trace["posterior"].to_dataset(), given_data)
    explained = xr.apply_ufunc(
        r_squared,
        posterior["volatility_slope"],
        posterior["volatility_threshold_bp"],
        input_core_dims=[[REGIME], [THRESHOLD]],
        vectorize=True,
    )
    thinned = thin_evenly(posterior, num_draws)
    predictions = xr.apply_ufunc(
        predicted,
        thinned["volatility_slope"],
        thinned["noise_sd"],
        thinned["volatility_threshold_bp"],
        input_core_dims=[[REGIME], [], [THRESHOLD]],
        output_core_dims=[[DAY]],
        vectorize=True,
    )
    calendar = predictions.assign_coords({DAY: inputs.day}).sortby(DAY)
    # The model holds its days in the order of volatility.
    sorted_groups = {
        name: trace[name].to_dataset().sortby(DAY)
        for name in ("observed_data", "log_likelihood", "prior_predictive")
    }
    return {
        **sorted_groups,
        "posterior": posterior,
        "prior": _with_thresholds(trace["prior"].to_dataset(), from_prior),
        "posterior_predictive": calendar.astype(np.float32).to_dataset(name=OBSERVED),
        "goodness_of_fit": explained.to_dataset(name="r_squared"),
    }


def _with_thresholds(
    draws: xr.Dataset, draw: Callable[[FloatArray, float], FloatArray]
) -> xr.Dataset:
    threshold = xr.apply_ufunc(
        draw,
        draws["volatility_slope"],
        draws["noise_sd"],
        input_core_dims=[[REGIME], []],
        output_core_dims=[[THRESHOLD]],
        vectorize=True,
    ).assign_coords({THRESHOLD: list(THRESHOLDS)})
    return draws.assign(volatility_threshold_bp=threshold)


def _fitted(
    inputs: ThresholdRegressionInputs, slope: FloatArray, threshold_bp: FloatArray
) -> FloatArray:
    """Right-hand side of equation (1) without noise."""
    result: FloatArray = (
        slope[regime_of(inputs.volatility_bp, threshold_bp)] * inputs.volatility_bp
    )
    return result


def _starting_point(inputs: ThresholdRegressionInputs) -> dict[str, FloatArray]:
    """Least squares in thirds of the days."""
    thirds = zip(
        np.array_split(inputs.volatility_bp, NUM_REGIMES),
        np.array_split(inputs.price_impact, NUM_REGIMES),
        strict=True,
    )
    slope = np.array([v @ y / (v @ v) for v, y in thirds])
    floor = LEAST_SLOPE * inputs.slope_unit
    return {
        "volatility_slope": np.maximum(slope, floor),
        "noise_sd": np.asarray(inputs.noise_unit),
    }
