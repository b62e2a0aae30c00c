"""What fitting a regression of trading costs needs beyond the model itself."""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import pymc as pm
import xarray as xr

from data.dims import BIN, COEFFICIENT, DAY, SECURITY, TRADE
from data.trading_costs.panel import TradingCostsPanel
from inference.traced.prepared import PreparedModel
from inference.trading_costs.checks import TRADING_COSTS_CHECKS
from inference.trading_costs.effects import (
    draw_effects,
    left_out,
    mean_responses,
    observed_means,
    prior_effects,
)
from inference.trading_costs.folding import error_alone
from inference.trading_costs.spreads import (
    fair_value_coverage,
    sample_spreads,
    spread_quantiles,
    spreads_by_group,
)
from inference.trading_costs.statistics import MEAN_RESPONSE, SIGNED_DEVIATION
from inference.trading_costs.thresholds import by_threshold
from models.trading_costs.design import BIN_LABELS, Design
from models.trading_costs.inputs import GaussianInputs, JointInputs, select_inputs
from models.trading_costs.model import DEVIATION, model_from_inputs
from models.trading_costs.specification import (
    ABSOLUTE,
    TradingCostsPriors,
    TradingCostsSpecification,
)

MODEL_NAME = "trading-costs"

LARGEST_LOG_LIKELIHOOD = 2**25
"""Log densities that are kept, a trade and draw each."""


def prepare_trading_costs(
    panel: TradingCostsPanel,
    specification: TradingCostsSpecification,
    priors: TradingCostsPriors | None = None,
) -> PreparedModel:
    """Build the model of a panel with what its trace has to record.

    Raises
    ------
    DataError
        See `models.trading_costs.inputs.select_inputs`.
    """
    priors = priors or TradingCostsPriors()
    inputs = select_inputs(panel, specification, priors)
    model = model_from_inputs(inputs, specification, priors)

    def derive(
        _model: pm.Model, trace: xr.DataTree, _num_draws: int, seed: int
    ) -> dict[str, xr.Dataset]:
        observations = inputs.design.observations
        if isinstance(inputs, JointInputs):
            groups = derive_joint(inputs, trace)
        else:
            groups = derive_gaussian(inputs, trace, seed)
        rows = sample_spreads(observations, seed)
        groups["spreads"] = spread_quantiles(rows)
        groups["spreads_by_group"] = spreads_by_group(rows, observations.levels)
        coverage = fair_value_coverage(observations)
        if coverage.sizes["label"]:
            groups["fair_value"] = coverage
        return groups

    def derive_prior(trace: xr.DataTree, seed: int) -> dict[str, xr.Dataset]:
        if isinstance(inputs, JointInputs):
            return signed_deviations(inputs, trace, ("prior_predictive",))
        return derive_gaussian_prior(inputs, trace, np.random.default_rng(seed))

    joint = inputs if isinstance(inputs, JointInputs) else None
    return PreparedModel(
        model=model,
        used=used_dataset(inputs),
        description={
            "model": MODEL_NAME,
            "variant": specification.response,
            "formula": specification.formula,
            "common_effects": specification.common,
            "cost_shape": specification.cost_shape,
            "data_sha256": panel.sha256,
            "data_source": panel.source,
            "priors": asdict(priors),
            "notes": inputs.notes,
        },
        derive=derive,
        derive_prior=derive_prior,
        checks=TRADING_COSTS_CHECKS,
        starts=None,
        incidental_dims=(DAY,) if joint and joint.design.date_slopes else (),
        density_draws=LARGEST_LOG_LIKELIHOOD // len(joint.deviation) if joint else None,
        notes=inputs.notes,
    )


def used_dataset(inputs: GaussianInputs | JointInputs) -> xr.Dataset:
    """What the model takes from the panel, beyond single rows."""
    design: Design = inputs.design
    levels = design.levels
    means = levels.security_means
    found = xr.Dataset(
        {
            "column_sd": (COEFFICIENT, design.column_sd),
            "mean_spread": (SECURITY, means["spread"].to_numpy()),
            "mean_seasoning": (SECURITY, means["seasoning"].to_numpy()),
            "date": (DAY, np.asarray(levels.dates, "datetime64[ns]")),
        },
        {COEFFICIENT: design.names, SECURITY: levels.securities},
        attrs={
            "rows": levels.number,
            "response_sd": levels.response_sd,
            "spread_center": levels.spread_center,
            "seasoning_center": levels.seasoning_center,
            "benchmark_terciles": levels.benchmark_terciles.tolist(),
            "relative_terciles": levels.relative_terciles.tolist(),
        },
    )
    if isinstance(inputs, GaussianInputs):
        rows = inputs.statistics.size[..., 0]
        found["rows_by_security"] = (SECURITY, rows.sum(axis=0))
        found["prior_sd"] = (COEFFICIENT, inputs.prior_precision**-0.5)
    else:
        count = np.bincount(inputs.security, minlength=len(levels.securities))
        found["rows_by_security"] = (SECURITY, count.astype(np.float64))
    return found


def derive_gaussian(
    inputs: GaussianInputs, trace: xr.DataTree, seed: int
) -> dict[str, xr.Dataset]:
    """Coefficients and effects, replicated means, and densities of what is left out.

    Parameters
    ----------
    inputs : GaussianInputs
    trace : xr.DataTree
        With groups ``posterior``, ``prior`` and ``observed_data``.
    seed : int

    Returns
    -------
    dict
        ``posterior`` and ``prior`` with coefficients; both predictive groups and
        ``observed_data`` with mean responses of bins; ``day_effects`` where days have
        any; ``left_out``; ``folding`` of the response ``absolute``; ``by_threshold``
        of a panel with ``forecast_error_bp``.
    """
    rng = np.random.default_rng(seed)
    posterior = trace["posterior"].to_dataset()
    effects, days, means = draw_effects(inputs, posterior, rng)
    groups = {
        "posterior": posterior.merge(effects),
        "posterior_predictive": mean_responses(means, posterior),
        **derive_gaussian_prior(inputs, trace, rng),
        "left_out": left_out(inputs, posterior),
    }
    if inputs.design.observations.specification.response == ABSOLUTE:
        groups["folding"] = error_alone(inputs, posterior)
    if inputs.design.observations.has_forecast_errors:
        groups["by_threshold"] = by_threshold(inputs, posterior)
    return groups if not days.data_vars else groups | {"day_effects": days}


def derive_gaussian_prior(
    inputs: GaussianInputs, trace: xr.DataTree, rng: np.random.Generator
) -> dict[str, xr.Dataset]:
    """What `derive_gaussian` says of the prior and of the data."""
    prior = trace["prior"].to_dataset()
    drawn_prior, prior_means = prior_effects(inputs, prior, rng)
    observed = trace["observed_data"].to_dataset().drop_dims("statistic")
    seen = xr.DataArray(observed_means(inputs), {BIN: list(BIN_LABELS)}, (BIN,))
    return {
        "prior": prior.merge(drawn_prior),
        "prior_predictive": mean_responses(prior_means, prior),
        "observed_data": observed.assign({MEAN_RESPONSE: seen}),
    }


def derive_joint(inputs: JointInputs, trace: xr.DataTree) -> dict[str, xr.Dataset]:
    """Deviations in the customer's direction, observed and replicated.

    Returns
    -------
    dict
        ``posterior`` and ``prior`` without the effects in units of their spread;
        ``posterior_predictive``, ``prior_predictive`` and ``observed_data`` with
        ``signed_deviation_bp``, deviations as they are where no side is known at all;
        ``log_likelihood`` in single precision.
    """
    predictive = ("posterior_predictive", "prior_predictive")
    groups = signed_deviations(inputs, trace, predictive)
    for name in ("posterior", "prior"):
        group = trace[name].to_dataset()
        scaled = [x for x in group.data_vars if str(x).endswith("_scaled")]
        groups[name] = group.drop_vars(scaled)
    densities = trace["log_likelihood"].to_dataset()
    groups["log_likelihood"] = densities.astype("float32")
    return groups


def signed_deviations(
    inputs: JointInputs, trace: xr.DataTree, predictive: Sequence[str]
) -> dict[str, xr.Dataset]:
    """Deviations in the customer's direction, of predictive groups and of the data.

    Where no side is known at all, deviations as they are.
    """
    known = inputs.sign if inputs.sign.any() else np.ones_like(inputs.sign)
    sign = xr.DataArray(known.astype(np.float32), dims=TRADE)
    sign = sign.where(sign != 0)
    groups = {}
    for name in (*predictive, "observed_data"):
        group = trace[name].to_dataset()
        groups[name] = group.assign({SIGNED_DEVIATION: group[DEVIATION] * sign})
    return groups
