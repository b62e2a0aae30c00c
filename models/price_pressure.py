r"""Price pressure and price discovery in the Treasury yield curve.

Do dealer inventories move yields away from their efficient value, and does non-dealer
order flow move the curve itself? A dynamic Nelson-Siegel model with two known inputs,
equations (1) to (6) of Mixon & Tuzun (2018, FEDS 2018-065):

.. math::

    \hat y_t(\tau) &= y_t(\tau) + v_t(\tau) \quad (1) \\
    v_t(\tau) &= \sum_m \pi_{m,\tau} I_{m,t}(\tau) + \epsilon_t(\tau) \quad (2) \\
    y_t(\tau) &= \beta_{1t} + \beta_{2t} \tfrac{1-e^{-\delta\tau}}{\delta\tau}
        + \beta_{3t} \bigl(\tfrac{1-e^{-\delta\tau}}{\delta\tau} - e^{-\delta\tau}\bigr)
        \quad (3) \\
    \beta_t - \mu &= \Theta (\beta_{t-1} - \mu) + \Lambda\, OF_t + \omega_t \quad (4) \\
    \hat y_t &= \Gamma \beta_t + \Pi I_t + \epsilon_t \quad (5) \\
    \omega_t &\sim N(0, Q), \; \epsilon_t \sim N(0, H), \text{ both diagonal} \quad (6)

========  =========================  =========================  =====================
symbol    name in code               shape                      unit
========  =========================  =========================  =====================
y-hat     yield_bp                   (week, tenor)              basis points
I         inventory_dv01_musd        (market, week, tenor)      USD million per bp
OF        order_flow_surprise_busd   (week, order_flow_term)    USD billion a week
pi        price_pressure             (market, tenor)            bp per USD million
Lambda    price_discovery            (order_flow_term,)         bp per USD billion
Theta     persistence                (factor,)                  per week
mu        factor_mean_bp             (factor,)                  basis points
sqrt Q    factor_innovation_sd_bp    (factor,)                  basis points
sqrt H    yield_noise_sd_bp          (tenor,)                   basis points
delta     decay_per_month            scalar                     per month
========  =========================  =========================  =====================

A week without a yield, or without any, is integrated out exactly.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
from numpy.typing import ArrayLike, NDArray

from data.columns import FACTORS, TENOR_MONTHS, TENOR_YEARS
from data.factor_exposures import DECAY_PER_MONTH
from data.panels import PricePressurePanel
from models.dims import FACTOR, INVENTORY_MARKET, ORDER_FLOW_TERM, TENOR, WEEK
from models.long_run_mean import LongRunMean
from models.nelson_siegel import nelson_siegel_loadings
from models.persistent_half_life import PersistentHalfLife
from models.price_pressure_inputs import PricePressureInputs, select_inputs
from models.price_pressure_variants import VARIANTS, Variant, order_flow_columns
from models.priors import LogNormalPrior
from models.state_space import LinearGaussianStateSpace


@dataclass(frozen=True, kw_only=True)
class PricePressurePriors:
    """Priors, all proper and none with a view on the sign of an effect.

    Parameters
    ----------
    price_pressure_sd : float
        Normal around 0, bp per USD million. Inventories swing by USD 5 to 20
        million of DV01, so 2 allows for pressures of tens of basis points, far beyond
        the five that the paper finds.
    price_discovery_sd : float
        Normal around 0, bp per USD billion. Weekly surprises of USD 5 billion would
        move a factor by 5 bp, half of what it moves in a week altogether.
    half_life_weeks : LogNormalPrior
        Of a factor's deviation from its mean. Five years, from a quarter to a century:
        on this scale persistences of 0.99 and 0.9999 are far apart. Below 1 always:
        the factors are stationary, if barely.
    factor_mean_bp, factor_mean_sd_bp : tuple of float
        Normal, for level, slope and curvature: an upward sloping curve around 4
        percent, give or take what US yields did since 1961.
    initial_factor_sd_bp : float
        The first week's factors are normal around `factor_mean_bp` with this standard
        deviation, whatever the dynamics: wide, and proper where the paper's is diffuse.
    factor_innovation_sd_bp : LogNormalPrior
        Factors move by some 10 bp a week; from 1 to 70.
    yield_noise_sd_bp : LogNormalPrior
        The curve's fitting errors are some basis points; from 0.4 to 20. The prior
        keeps the noise of any one tenor from vanishing, which three factors for four
        yields would otherwise allow.
    decay_per_month : float or LogNormalPrior
        delta; the paper's 0.0609 by default, or a prior to have it sampled, such as
        `SAMPLED_DECAY`.
    """

    price_pressure_sd: float = 2.0
    price_discovery_sd: float = 1.0
    half_life_weeks: LogNormalPrior = LogNormalPrior(median=260.0, log_sd=1.5)
    factor_mean_bp: tuple[float, float, float] = (400.0, -200.0, -200.0)
    factor_mean_sd_bp: tuple[float, float, float] = (200.0, 200.0, 300.0)
    initial_factor_sd_bp: float = 300.0
    factor_innovation_sd_bp: LogNormalPrior = LogNormalPrior(median=10.0, log_sd=1.0)
    yield_noise_sd_bp: LogNormalPrior = LogNormalPrior(median=3.0, log_sd=1.0)
    decay_per_month: float | LogNormalPrior = DECAY_PER_MONTH


SAMPLED_DECAY = LogNormalPrior(median=0.0609, log_sd=0.5)
"""A prior for delta: the curvature loading then peaks between 11 and 78 months."""


def price_pressure_model(
    panel: PricePressurePanel,
    variant: Variant | str,
    priors: PricePressurePriors | None = None,
) -> pm.Model:
    """Build the model of one variant on one panel.

    Parameters
    ----------
    panel : PricePressurePanel
        Leading weeks without the variant's inputs are left out.
    variant : Variant or str
        A specification, or its name in `VARIANTS`.
    priors : PricePressurePriors, optional
        The defaults where left out.

    Returns
    -------
    pm.Model
        Unsampled. The observed variable ``yield_bp`` has one log density a week: that
        of its quoted yields given all earlier weeks.

    Raises
    ------
    DataError
        The panel lacks what the variant needs.
    """
    variant = VARIANTS[variant] if isinstance(variant, str) else variant
    priors = priors or PricePressurePriors()
    inputs = select_inputs(panel, variant)

    coords = {
        WEEK: inputs.dataset["week"].to_numpy(),
        TENOR: list(TENOR_YEARS),
        FACTOR: list(FACTORS),
        INVENTORY_MARKET: list(variant.inventory_markets),
    }
    if variant.order_flow_terms:
        coords[ORDER_FLOW_TERM] = [term.label for term in variant.order_flow_terms]

    with pm.Model(coords=coords) as model:
        decay = _decay(priors.decay_per_month)
        half_life = PersistentHalfLife(
            "half_life_weeks",
            priors.half_life_weeks,
            num_dates=len(inputs.yield_bp),
            dims=FACTOR,
        )
        persistence = pm.Deterministic(
            "persistence", 2 ** (-1 / half_life), dims=FACTOR
        )
        innovation_sd = _log_normal(
            "factor_innovation_sd_bp", priors.factor_innovation_sd_bp, FACTOR
        )
        noise_sd = _log_normal("yield_noise_sd_bp", priors.yield_noise_sd_bp, TENOR)
        mean = LongRunMean(
            "factor_mean_bp",
            mean=priors.factor_mean_bp,
            sd=priors.factor_mean_sd_bp,
            persistence=persistence,
            innovation_sd=innovation_sd,
            num_dates=len(inputs.yield_bp),
            sample_mean=pm.Data(
                "rough_factor_mean_bp",
                rough_factor_mean(inputs.dataset["yield_bp"].to_numpy()),
                dims=FACTOR,
            ),
            dims=FACTOR,
        )

        pressure_bp = _price_pressure(inputs, priors)
        discovery_bp = _price_discovery(inputs, variant, priors)

        loading = nelson_siegel_loadings(decay, TENOR_MONTHS)
        LinearGaussianStateSpace(
            "yield_bp",
            is_observed=pm.Data("is_quoted", inputs.is_quoted, dims=(WEEK, TENOR)),
            loading=loading,
            persistence=persistence,
            state_variance=innovation_sd**2,
            observation_variance=noise_sd**2,
            initial_mean=np.asarray(priors.factor_mean_bp),
            initial_variance=np.full(len(FACTORS), priors.initial_factor_sd_bp**2),
            state_input=(1 - persistence) * mean + discovery_bp,
            observation_input=pressure_bp,
            observed=pm.Data("quoted_yield_bp", inputs.yield_bp, dims=(WEEK, TENOR)),
            dims=(WEEK, TENOR),
        )
    return model


def rough_factor_mean(yield_bp: ArrayLike) -> NDArray[np.float64]:
    """Factors that fit the average curve best, at the paper's decay.

    Parameters
    ----------
    yield_bp : (week, tenor) array_like
        NaN where not quoted.

    Returns
    -------
    (factor,) float
        Basis points.
    """
    average = np.nanmean(np.asarray(yield_bp, dtype=np.float64), axis=0)
    loading = nelson_siegel_loadings(DECAY_PER_MONTH, TENOR_MONTHS)
    return np.linalg.lstsq(loading, average, rcond=None)[0]


def _log_normal(name: str, prior: LogNormalPrior, dims: str | None = None) -> Any:
    return pm.LogNormal(name, np.log(prior.median), prior.log_sd, dims=dims)


def _decay(prior: float | LogNormalPrior) -> Any:
    if isinstance(prior, LogNormalPrior):
        return _log_normal("decay_per_month", prior)
    # A constant, not shared data: the loadings are then computed once, not each step.
    return float(prior)


def _price_pressure(inputs: PricePressureInputs, priors: PricePressurePriors) -> Any:
    """Pi I_t of equation (5), (week, tenor), basis points."""
    pressure = pm.Normal(
        "price_pressure", 0, priors.price_pressure_sd, dims=(INVENTORY_MARKET, TENOR)
    )
    inventory = pm.Data(
        "inventory_dv01_musd",
        inputs.inventory_dv01_musd,
        dims=(INVENTORY_MARKET, WEEK, TENOR),
    )
    # One market after the other: numba takes eight seconds to compile a sum over an
    # axis of three, and more than one for a row assigned to. Markets come first, so
    # that each lies in one piece of memory.
    moved = 0.0
    for market, indicator in enumerate(np.eye(len(inputs.inventory_dv01_musd))):
        effect = (pressure * indicator[:, None]).sum(axis=0)
        moved = moved + inventory[market] * effect
    return moved


def _price_discovery(
    inputs: PricePressureInputs, variant: Variant, priors: PricePressurePriors
) -> Any:
    """Lambda OF_t of equation (4), (week, factor), basis points."""
    # One row: the same, nothing, every week.
    moved = np.zeros((1, len(FACTORS)))
    if not variant.order_flow_terms:
        return moved
    discovery = pm.Normal(
        "price_discovery", 0, priors.price_discovery_sd, dims=ORDER_FLOW_TERM
    )
    order_flow = pm.Data(
        "order_flow_surprise_busd",
        inputs.order_flow_surprise_busd,
        dims=(WEEK, ORDER_FLOW_TERM),
    )
    effects = order_flow * discovery
    # Sums and products by element, no matrix product: numba takes ten seconds to
    # compile one, and no time for these.
    for indicator, columns in zip(
        np.eye(len(FACTORS)), order_flow_columns(variant).values(), strict=True
    ):
        if columns:
            effect = effects[:, columns].sum(axis=1)
            moved = moved + effect[:, None] * indicator
    return moved
