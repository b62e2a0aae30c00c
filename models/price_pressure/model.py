r"""Price pressure and price discovery in the Treasury yield curve.

Do dealer inventories move yields away from their efficient value, and does non-dealer
order flow move the curve itself? A dynamic Nelson-Siegel model with two known inputs,
equations (1) to (6) of Mixon & Tuzun (2018, FEDS 2018-065):

.. math::

    \hat y{}_t(\tau) &= y_t(\tau) + v_t(\tau) \quad (1) \\
    v_t(\tau) &= \sum_m \pi_{m,\tau} I_{m,t}(\tau) + \epsilon_t(\tau) \quad (2) \\
    y_t(\tau) &= \beta_{1t} + \beta_{2t} \tfrac{1-e^{-\delta\tau}}{\delta\tau}
        + \beta_{3t} \bigl(\tfrac{1-e^{-\delta\tau}}{\delta\tau} - e^{-\delta\tau}\bigr)
        \quad (3) \\
    \beta_t - \mu &= \Theta (\beta_{t-1} - \mu) + \Lambda\, OF_t + \omega_t \quad (4) \\
    \hat y{}_t &= \Gamma \beta_t + \Pi I_t + \epsilon_t \quad (5) \\
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

A week without a yield, or without any, is integrated out exactly. In a panel of another
frequency (`data.price_pressure.frequency`) a step is a day or a month: order flow,
persistence and innovations are of that step. Half-lives stay in weeks, and the prior of
an innovation's deviation is that of a week times the root of the step's length.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pymc as pm
from pytensor.graph.basic import Variable

from data.dims import FACTOR, INVENTORY_MARKET, ORDER_FLOW_TERM, TENOR
from data.price_pressure.columns import FACTORS
from data.price_pressure.factor_exposures import DECAY_PER_MONTH
from data.price_pressure.panel import PricePressurePanel
from models.likelihoods.kalman.distribution import LinearGaussianStateSpace
from models.price_pressure.decay_scale import PersistentHalfLife
from models.price_pressure.inputs import select_inputs
from models.price_pressure.long_run_mean import LongRunMean
from models.price_pressure.nelson_siegel import nelson_siegel_loadings
from models.price_pressure.persistent_errors import (
    PersistentErrorsPriors,
    persistent_errors_model,
)
from models.price_pressure.terms import (
    decay_per_month,
    per_step,
    persistence_of,
    price_discovery_bp,
    price_pressure_bp,
    rough_factor_mean,
)
from models.price_pressure.variants import (
    EVERY_VARIANT,
    PersistentErrorsVariant,
    Variant,
)
from models.priors import LogNormalPrior, log_normal


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
        Over a week: factors move by some 10 bp; from 1 to 70.
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
    priors: PricePressurePriors | PersistentErrorsPriors | None = None,
    *,
    state_space: Callable[..., Variable] = LinearGaussianStateSpace,
) -> pm.Model:
    """Build the model of one variant on one panel.

    Parameters
    ----------
    panel : PricePressurePanel
        Leading weeks without the variant's inputs are left out.
    variant : Variant or str
        A specification, or its name in `EVERY_VARIANT`.
    priors : PricePressurePriors or PersistentErrorsPriors, optional
        As the variant takes them; the defaults where left out.
    state_space : callable
        Distribution of the yields of the paper's variants, with the arguments of the
        default.

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
    variant = EVERY_VARIANT[variant] if isinstance(variant, str) else variant
    if isinstance(variant, PersistentErrorsVariant):
        if isinstance(priors, PricePressurePriors):
            raise TypeError(f"{variant.name} takes PersistentErrorsPriors")
        return persistent_errors_model(panel, variant, priors)
    if isinstance(priors, PersistentErrorsPriors):
        raise TypeError(f"{variant.name} takes PricePressurePriors")
    priors = priors or PricePressurePriors()
    inputs = select_inputs(panel, variant)

    frequency = inputs.frequency
    dims = (frequency.dim, TENOR)
    coords = {
        frequency.dim: inputs.dataset[frequency.dim].to_numpy(),
        TENOR: list(inputs.tenors),
        FACTOR: list(FACTORS),
        INVENTORY_MARKET: list(variant.inventory_markets),
    }
    if variant.order_flow_terms:
        coords[ORDER_FLOW_TERM] = [term.label for term in variant.order_flow_terms]

    with pm.Model(coords=coords) as model:
        decay = decay_per_month(priors.decay_per_month)
        half_life = PersistentHalfLife(
            "half_life_weeks",
            priors.half_life_weeks,
            num_dates=len(inputs.yield_bp) / frequency.steps_per_week,
            dims=FACTOR,
        )
        persistence = pm.Deterministic(
            "persistence", persistence_of(half_life, frequency), dims=FACTOR
        )
        innovation_sd = log_normal(
            "factor_innovation_sd_bp",
            per_step(priors.factor_innovation_sd_bp, frequency),
            FACTOR,
        )
        noise_sd = log_normal("yield_noise_sd_bp", priors.yield_noise_sd_bp, TENOR)
        mean = LongRunMean(
            "factor_mean_bp",
            mean=priors.factor_mean_bp,
            sd=priors.factor_mean_sd_bp,
            persistence=persistence,
            innovation_sd=innovation_sd,
            num_dates=len(inputs.yield_bp),
            sample_mean=pm.Data(
                "rough_factor_mean_bp",
                rough_factor_mean(
                    inputs.dataset["yield_bp"].to_numpy(), inputs.tenor_months
                ),
                dims=FACTOR,
            ),
            dims=FACTOR,
        )

        pressure_bp = price_pressure_bp(inputs, priors.price_pressure_sd)
        discovery_bp = price_discovery_bp(inputs, variant, priors.price_discovery_sd)

        loading = nelson_siegel_loadings(decay, inputs.tenor_months)
        state_space(
            "yield_bp",
            is_observed=pm.Data("is_quoted", inputs.is_quoted, dims=dims),
            loading=loading,
            persistence=persistence,
            state_variance=innovation_sd**2,
            observation_variance=noise_sd**2,
            initial_mean=np.asarray(priors.factor_mean_bp),
            initial_variance=np.full(len(FACTORS), priors.initial_factor_sd_bp**2),
            state_input=(1 - persistence) * mean + discovery_bp,
            observation_input=pressure_bp,
            observed=pm.Data("quoted_yield_bp", inputs.yield_bp, dims=dims),
            dims=dims,
        )
    return model
