r"""Discount curve of a day with its uncertainty: kernel ridge as a Gaussian process.

.. math::

    g \sim GP(1, s^2 k), \qquad
    P_i = C_i g + e_i, \qquad
    e_i \sim t_\nu\bigl(0, (\sigma_y D_i)^2 + \sigma_p^2\bigr)

with the kernel of Filipović, Pelger & Ye (2022), `data.market.kernel_ridge.kernel`. At
given s, normal errors and Lambda their variance over s^2, the mean of g is the kernel
ridge curve. The scale s is estimated: at s = 1, as papers write it, yields are
uncertain by hundreds of basis points.

==========  ===================  ============  =======================================
symbol      name in code         shape         unit
==========  ===================  ============  =======================================
s           scale                scalar        of g, per year^(3/2) for delta 0
sigma_y     noise_bp             scalar        bp of yield
sigma_p     price_noise          scalar        per 100
nu          degrees_of_freedom   scalar        above 1
D           dollar_duration      (security,)   years times price
C g         directions           (direction,)  noise of 1 bp and a tick
==========  ===================  ============  =======================================

The prices on the curve are sampled as independent directions, of which the data inform
the first: these are centred on the kernel ridge curve, the others left on the scale of
their prior. Directions whose prior moves no price by more than a hundredth of its noise
are left out.

What is observed is the price minus that on the kernel ridge curve, over the dollar
duration, a shift that changes no probability and makes replicated data legible.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from data.arrays import FloatArray
from data.dims import SECURITY
from data.market.kernel_ridge.curve import DAYS_PER_YEAR
from data.market.kernel_ridge.kernel import kernel, slope_covariance, slope_kernel
from models.priors import LogNormalPrior, log_normal
from models.trading_costs.cross_section import CrossSection

OBSERVED = "deviation_bp"
INFORMED = "informed_direction"
UNINFORMED = "uninformed_direction"

BP_PER_UNIT = 1e4
REFERENCE_NOISE_BP = 1.0
REFERENCE_TICK = 0.01
"""Noise in whose units directions are told apart: a scale, and no assumption."""

LARGEST_SCALE = 0.03
NEGLIGIBLE = 1e-2
"""Standard deviation of a direction, in that noise and at a scale that is too large,
below which it is left out."""


@dataclass(frozen=True, kw_only=True)
class YieldCurvePriors:
    """Priors of the yield curve.

    The scale's covers the 0.0055 that the marginal likelihood finds for 1961 by four
    times either way; noise in yield, price noise of about a 64th, and degrees of
    freedom beyond 1.
    """

    scale: LogNormalPrior = LogNormalPrior(median=0.005, log_sd=0.7)
    noise_bp: LogNormalPrior = LogNormalPrior(median=1.0, log_sd=1.0)
    price_noise: LogNormalPrior = LogNormalPrior(median=0.01, log_sd=0.7)
    freedom_beyond_1: LogNormalPrior = LogNormalPrior(median=3.0, log_sd=0.7)


class Directions(NamedTuple):
    """Independent directions of the prices on the curve.

    Attributes
    ----------
    variance : (direction,) float
        Prior variance at a scale of 1, decreasing, noise of 1.
    loading : (security, direction) float
        From a direction to prices, per 100.
    center : (direction,) float
        Of the kernel ridge curve.
    """

    variance: FloatArray
    loading: FloatArray
    center: FloatArray


def directions_of(bonds: CrossSection) -> Directions:
    """Directions of a cross-section, those that no price feels left out."""
    noise = np.hypot(
        REFERENCE_NOISE_BP * bonds.dollar_durations / BP_PER_UNIT, REFERENCE_TICK
    )
    scaled = bonds.reference.covariance / np.outer(noise, noise)
    values, vectors = np.linalg.eigh(scaled)
    kept = LARGEST_SCALE**2 * values > NEGLIGIBLE**2
    order = np.flatnonzero(kept)[::-1]
    vectors = vectors[:, order]
    on_curve = bonds.reference.fitted - bonds.cash_flows.sum(1)
    return Directions(
        values[order], noise[:, None] * vectors, vectors.T @ (on_curve / noise)
    )


def yield_curve_model(
    bonds: CrossSection, priors: YieldCurvePriors | None = None
) -> pm.Model:
    """Curve of one day, unsampled.

    Parameters
    ----------
    bonds : CrossSection
        Of `models.trading_costs.cross_section.select_cross_section`.
    priors : YieldCurvePriors, optional
        The defaults where left out.
    """
    chosen = priors or YieldCurvePriors()
    directions = directions_of(bonds)
    informed = num_informed(directions, chosen)
    in_bp = BP_PER_UNIT / bonds.dollar_durations
    base = directions.loading @ directions.center - (
        bonds.reference.fitted - bonds.cash_flows.sum(1)
    )
    observed = in_bp * (bonds.prices - bonds.reference.fitted)
    coords = {
        SECURITY: bonds.securities.to_numpy(),
        INFORMED: np.arange(informed),
        UNINFORMED: np.arange(informed, len(directions.variance)),
    }
    sd = np.sqrt(directions.variance)
    with pm.Model(coords=coords) as model:
        scale = log_normal("scale", chosen.scale)
        noise_bp = log_normal("noise_bp", chosen.noise_bp)
        price_noise = log_normal("price_noise", chosen.price_noise)
        beyond = log_normal("freedom_beyond_1", chosen.freedom_beyond_1)
        freedom = pm.Deterministic("degrees_of_freedom", 1 + beyond)
        first = pm.CustomDist(
            "informed",
            -directions.center[:informed],
            scale * sd[:informed],
            dist=_normal,
            support_point=_on_the_closed_form,
            dims=INFORMED,
        )
        rest = pm.Normal("uninformed", 0.0, 1.0, dims=UNINFORMED)
        others = scale * sd[informed:] * rest - directions.center[informed:]
        moved = directions.loading @ pt.concatenate([first, others]) + base
        pm.StudentT(
            OBSERVED,
            nu=freedom,
            mu=in_bp * moved,
            sigma=pt.sqrt(noise_bp**2 + (in_bp * price_noise) ** 2),
            observed=observed,
            dims=SECURITY,
        )
    return model


def num_informed(directions: Directions, priors: YieldCurvePriors) -> int:
    """How many directions the prices tell more of than the prior, at most all but one.

    Where prices tell of all, the last is told of the least, and no variable is empty.
    """
    told = int((priors.scale.median**2 * directions.variance > 1).sum())
    return min(told, len(directions.variance) - 1)


class CurveDraws(NamedTuple):
    """Curves at some days, one a draw.

    Attributes
    ----------
    discount, forward : (draw, day) float
        Discount function; instantaneous forward rate, continuously compounded.
    """

    discount: FloatArray
    forward: FloatArray


def draw_curves(
    bonds: CrossSection,
    coefficients: FloatArray,
    scales: FloatArray,
    days: FloatArray,
    rng: np.random.Generator,
) -> CurveDraws:
    """Draw the curve between and beyond the payments, given the directions.

    Parameters
    ----------
    bonds : CrossSection
        That the model was built of.
    coefficients : (draw, direction) float
        Directions, the centre of the kernel ridge curve included.
    scales : (draw,) float
        Of the process.
    days : (day,) float
        From settlement, above 0.
    rng : Generator
        Of what the directions leave open.
    """
    alpha, delta = bonds.reference.alpha, bonds.reference.delta
    directions = directions_of(bonds)
    years = days / DAYS_PER_YEAR
    own = bonds.reference.payment_days / DAYS_PER_YEAR
    to_prices = bonds.reference.cash_flows.T @ _inverse_loading(bonds, directions)
    shape = (years[:, None], years)
    levels, slopes = kernel(*shape, alpha, delta), slope_kernel(*shape, alpha, delta)
    mixed = slope_covariance(*shape, alpha, delta)
    both = np.block([[levels, mixed.T], [mixed, slopes]])
    across = np.vstack(
        [
            kernel(years[:, None], own, alpha, delta),
            slope_covariance(years[:, None], own, alpha, delta),
        ]
    )
    # Regression of curve and slope on the directions, which are independent.
    sd = np.sqrt(directions.variance)
    regression = across @ to_prices / sd
    values, vectors = np.linalg.eigh(both - regression @ regression.T)
    open_part = vectors * np.sqrt(np.maximum(values, 0.0))
    noise = rng.standard_normal((len(scales), len(values))) @ open_part.T
    found = (coefficients / sd) @ regression.T + scales[:, None] * noise
    discount = 1 + found[:, : len(days)]
    return CurveDraws(discount, -found[:, len(days) :] / discount)


def _inverse_loading(bonds: CrossSection, directions: Directions) -> FloatArray:
    """From surprises in prices to the directions: loadings over their noise squared."""
    noise = np.hypot(
        REFERENCE_NOISE_BP * bonds.dollar_durations / BP_PER_UNIT, REFERENCE_TICK
    )
    return np.asarray(directions.loading / noise[:, None] ** 2)


def _normal(
    mean: pt.TensorVariable, sd: pt.TensorVariable, size: Any
) -> pt.TensorVariable:
    return pm.Normal.dist(mean, sd, size=size)


def _on_the_closed_form(
    rv: pt.TensorVariable, *_parameters: pt.TensorVariable
) -> pt.TensorVariable:
    """Where chains start: a prior mean is thousands of standard deviations away."""
    return pt.zeros_like(rv)
