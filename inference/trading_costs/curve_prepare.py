"""What fitting a day's yield curve needs beyond the model itself."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pymc as pm
import xarray as xr
from arviz_stats.base.array import array_stats
from scipy import stats

from data.arrays import FloatArray
from data.dims import SECURITY
from data.market.kernel_ridge.curve import DAYS_PER_YEAR
from data.trading_costs.quote_panel import QuotePanel
from inference.sampling import SAMPLE_DIMS
from inference.sampling.draws import thin_evenly
from inference.traced.layout import SAMPLE
from inference.traced.prepared import PreparedModel
from inference.trading_costs.curve_checks import CURVE_CHECKS
from models.trading_costs.cross_section import (
    CrossSection,
    CrossSectionSpecification,
    select_cross_section,
)
from models.trading_costs.yield_curve import (
    BP_PER_UNIT,
    OBSERVED,
    YieldCurvePriors,
    directions_of,
    draw_curves,
    yield_curve_model,
)

MODEL_NAME = "yield-curve"
YEAR = "maturity_year"
CURVE_YEARS = np.array([0.25, 0.5, *range(1, 31)])
"""Maturities that curves are kept at."""

PERCENT = 100.0


def prepare_yield_curve(
    panel: QuotePanel,
    specification: CrossSectionSpecification,
    priors: YieldCurvePriors | None = None,
) -> PreparedModel:
    """Build the model of a day's quotes with what its trace has to record.

    Raises
    ------
    DataError
        See `models.trading_costs.cross_section.select_cross_section`.
    """
    chosen = priors or YieldCurvePriors()
    bonds = select_cross_section(panel, specification)

    def derive(
        _model: pm.Model, trace: xr.DataTree, num_draws: int, seed: int
    ) -> dict[str, xr.Dataset]:
        return derive_yield_curve(bonds, trace, num_draws, seed)

    return PreparedModel(
        model=yield_curve_model(bonds, chosen),
        used=_used(bonds),
        description={
            "model": MODEL_NAME,
            "variant": specification.issues,
            "data_sha256": panel.sha256,
            "data_source": panel.source,
            "date": f"{bonds.date:%Y-%m-%d}",
            "kinds": list(specification.kinds),
            "shortest_days": specification.shortest_days,
            "alpha": specification.alpha,
            "delta": specification.delta,
            "priors": asdict(chosen),
            "notes": bonds.notes,
        },
        derive=derive,
        checks=CURVE_CHECKS,
        starts=None,
        notes=bonds.notes,
    )


def derive_yield_curve(
    bonds: CrossSection, trace: xr.DataTree, num_draws: int, seed: int
) -> dict[str, xr.Dataset]:
    """Curves and prices with their uncertainty.

    Parameters
    ----------
    bonds : CrossSection
        That the model was built of.
    trace : xr.DataTree
        Trace with groups ``posterior``, ``log_likelihood`` and ``observed_data``.
    num_draws : int
        Curves to keep.
    seed : int
        Of what the prices leave open.

    Returns
    -------
    dict
        ``curve`` (sample, maturity_year): ``yield_percent`` and ``forward_percent``,
        continuously compounded, ``discount``, and ``is_extrapolated``, beyond the last
        payment; with ``kernel_ridge_percent``, the yield in closed form. ``prices``
        (security): ``price`` (sample), on the curve, and ``left_out_pit``, the
        probability below the quote that the other quotes give, with ``pareto_k``.
    """
    thinned = thin_evenly(trace["posterior"].to_dataset(), num_draws)
    draws = thinned.stack({SAMPLE: SAMPLE_DIMS}).transpose(SAMPLE, ...)
    coefficients = _coefficients(bonds, draws)
    days = CURVE_YEARS * DAYS_PER_YEAR
    curves = draw_curves(
        bonds,
        coefficients,
        draws["scale"].to_numpy(),
        days,
        np.random.default_rng(seed),
    )
    positive = curves.discount > 0
    yields = -np.log(np.where(positive, curves.discount, np.nan)) / CURVE_YEARS
    by_year = (SAMPLE, YEAR)
    curve = xr.Dataset(
        {
            "yield_percent": (by_year, PERCENT * yields),
            "forward_percent": (
                by_year,
                PERCENT * np.where(positive, curves.forward, np.nan),
            ),
            "discount": (by_year, curves.discount),
            "is_extrapolated": (YEAR, bonds.reference.extrapolated(days)),
            "kernel_ridge_percent": (YEAR, PERCENT * bonds.reference.log_yield(days)),
        },
        {YEAR: CURVE_YEARS},
    )
    on_curve = bonds.cash_flows.sum(1) + coefficients @ directions_of(bonds).loading.T
    pit, pareto_k = left_out_pit(bonds, trace)
    prices = xr.Dataset(
        {
            "price": ((SAMPLE, SECURITY), on_curve),
            "left_out_pit": (SECURITY, pit),
            "pareto_k": (SECURITY, pareto_k),
        },
        {SECURITY: bonds.securities.to_numpy()},
    )
    return {"curve": curve, "prices": prices}


def left_out_pit(
    bonds: CrossSection, trace: xr.DataTree
) -> tuple[FloatArray, FloatArray]:
    """Probability below each quote that all other quotes give, and its Pareto k.

    Importance sampling from the posterior of all quotes, Pareto-smoothed (Vehtari et
    al. 2024).
    """
    posterior = trace["posterior"].to_dataset()
    draws = posterior.stack({SAMPLE: SAMPLE_DIMS}).transpose(SAMPLE, ...)
    density = trace["log_likelihood"].to_dataset()[OBSERVED]
    ratios = -density.stack({SAMPLE: SAMPLE_DIMS}).transpose(SECURITY, SAMPLE)
    moved = _coefficients(bonds, draws) @ directions_of(bonds).loading.T
    surprise = bonds.prices - bonds.cash_flows.sum(1) - moved
    in_bp = BP_PER_UNIT / bonds.dollar_durations
    noise = np.hypot(
        draws["noise_bp"].to_numpy()[:, None],
        in_bp * draws["price_noise"].to_numpy()[:, None],
    )
    freedom = draws["degrees_of_freedom"].to_numpy()[:, None]
    below = stats.t.cdf(in_bp * surprise / noise, freedom)
    pit, pareto_k = np.empty(len(ratios)), np.empty(len(ratios))
    for security, ratio in enumerate(ratios.to_numpy()):
        log_weights, pareto_k[security] = array_stats.psislw(-ratio)
        weights = np.exp(log_weights - log_weights.max())
        pit[security] = weights @ below[:, security] / weights.sum()
    return pit, pareto_k


def _coefficients(bonds: CrossSection, draws: xr.Dataset) -> FloatArray:
    """Directions of each draw, the centre included, (sample, direction)."""
    directions = directions_of(bonds)
    informed = draws["informed"].to_numpy()
    first = informed.shape[1]
    sd = np.sqrt(directions.variance[first:])
    scale = draws["scale"].to_numpy()[:, None]
    rest = scale * sd * draws["uninformed"].to_numpy()
    return np.hstack([informed + directions.center[:first], rest])


def _used(bonds: CrossSection) -> xr.Dataset:
    columns: dict[str, Any] = {
        "dirty_price": bonds.prices,
        "dollar_duration": bonds.dollar_durations,
        "maturity_years": bonds.maturity_years,
        "date": np.full(len(bonds.prices), np.datetime64(bonds.date, "ns")),
    }
    return xr.Dataset(
        {name: (SECURITY, values) for name, values in columns.items()},
        {SECURITY: bonds.securities.to_numpy()},
    )
