r"""Regimes of Treasury market liquidity.

Price impact depends on volatility through a hidden liquidity state, and market depth
moves the state: equations (2) to (4) of Meldrum & Sokolinskiy (2025, FEDS 2025-014):

.. math::

    \theta_t &= \beta_{s_t}' X_t + \epsilon_t, \quad
        \epsilon_t \sim N(0, \sigma_{s_t}^2) \quad (2) \\
    p_{ij,t} &= p_{ij} \quad (3) \qquad \text{or} \qquad
        p_{ij,t} = \frac{\exp(\delta_{ij} + \gamma_{ij} z_t)}
        {1 + \sum_{l > 1} \exp(\delta_{il} + \gamma_{il} z_t)},
        \quad \delta_{i1} = \gamma_{i1} = 0 \quad (4)

=========  ===========================  ======================  =====================
symbol     name in code                 shape                   unit
=========  ===========================  ======================  =====================
theta      price_impact                 (day,)                  any
X          covariates_bp                (day, covariate)        basis points
z          depth_musd                   (day,)                  USD million
beta       price_impact_slope           (state, covariate)      price impact per bp
sigma      noise_sd                     (state,)                price impact
delta      transition_intercept         (origin, destination)   log odds
gamma      transition_depth_slope       (origin, destination)   per USD million
p          transition_probability       (origin, arrival)       a day
p(s_1)     initial_probability          (state,)
=========  ===========================  ======================  =====================

States are ordered by their volatility slopes: "1" is the least liquid. A market-wide
model has a dimension ``security`` after ``state``: one state for all securities, whose
volatility slopes all fall from state to state, and transitions on their average depth.
With Student-t noise ``noise_sd`` is its scale. A day without price impact is integrated
out exactly.

Against state 1, the log odds of two transitions that share a rare move to state 1 are
as uncertain as that move, and as far off as the depths are that a state is never met
at. So the model samples the log odds of each departure against *staying*, at the depth
at which the state is usually met; delta and gamma follow.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor.graph.basic import Variable

from data.dims import (
    ARRIVAL,
    COVARIATE,
    DAY,
    DEPARTURE,
    DESTINATION,
    ORIGIN,
    SECURITY,
    STATE,
    STEP,
    SURPRISE,
)
from data.liquidity_regimes.panel import LiquidityPanel
from models.likelihoods.hidden_markov.distribution import HiddenMarkovRegression
from models.liquidity_regimes.data_variables import (
    COVARIATES,
    DEPTH,
    IS_OBSERVED,
    NOISE_UNIT,
    OBSERVED_PRICE_IMPACT,
    SLOPE_UNIT,
    SURPRISE_UNIT,
    model_data,
)
from models.liquidity_regimes.inputs import LiquidityRegimesInputs, select_inputs
from models.liquidity_regimes.priors import LiquidityRegimesPriors
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from models.liquidity_regimes.transitions import (
    constant_transitions,
    depth_driven_transitions,
    estimated_initial,
    stationary_initial,
)
from models.priors import log_normal


def liquidity_regimes_model(
    panel: LiquidityPanel,
    specification: LiquidityRegimesSpecification,
    priors: LiquidityRegimesPriors | None = None,
    *,
    regression: Callable[..., Variable] = HiddenMarkovRegression,
) -> pm.Model:
    """Build the model of one specification on one panel.

    Parameters
    ----------
    panel : LiquidityPanel
        Days before and after all of its securities are there are left out.
    specification : LiquidityRegimesSpecification
        Covariates, transition, noise, number of states, security.
    priors : LiquidityRegimesPriors, optional
        The defaults where left out.
    regression : callable
        Distribution of price impact, with the arguments of the default.

    Returns
    -------
    pm.Model
        Unsampled. The observed variable ``price_impact`` has one log density a day:
        that of its price impacts given all earlier days.

    Raises
    ------
    DataError
        The panel lacks what the specification needs.
    """
    return model_from_inputs(
        select_inputs(panel, specification),
        specification,
        priors or LiquidityRegimesPriors(),
        regression=regression,
    )


def model_from_inputs(
    inputs: LiquidityRegimesInputs,
    specification: LiquidityRegimesSpecification,
    priors: LiquidityRegimesPriors,
    *,
    regression: Callable[..., Variable] = HiddenMarkovRegression,
) -> pm.Model:
    """Build the model on inputs that are already selected."""
    num_states = specification.num_states
    securities = (SECURITY,) if specification.is_market_wide else ()
    data = model_data(inputs, specification)
    with pm.Model(coords=_coords(inputs, specification)) as model:
        if specification.transition == "depth":
            transition = depth_driven_transitions(num_states, priors, data)
        else:
            transition = constant_transitions(num_states, priors)
        depth = pm.Data(DEPTH, data[DEPTH], dims=DAY)
        if specification.initial == "estimated":
            initial = estimated_initial(priors, num_states)
        else:
            initial = stationary_initial(*transition, depth[0], num_states)
        dims = (DAY, *securities)
        regression(
            "price_impact",
            covariates=pm.Data(COVARIATES, data[COVARIATES], dims=(DAY, COVARIATE)),
            slope=_slopes(specification, priors, data, securities),
            noise_sd=_noise_sd(priors, data, securities),
            degrees_of_freedom=_degrees_of_freedom(specification, priors),
            initial=initial,
            transition_intercept=transition[0],
            transition_slope=transition[1],
            transition_covariate=depth,
            is_observed=pm.Data(IS_OBSERVED, data[IS_OBSERVED], dims=dims),
            observed=pm.Data(
                OBSERVED_PRICE_IMPACT, data[OBSERVED_PRICE_IMPACT], dims=dims
            ),
            dims=dims,
        )
    return model


def _coords(
    inputs: LiquidityRegimesInputs, specification: LiquidityRegimesSpecification
) -> dict[str, Any]:
    states = specification.state_labels
    coords = {
        DAY: inputs.dataset["day"].to_numpy(),
        COVARIATE: list(specification.covariate_names),
        STATE: states,
        ORIGIN: states,
        STEP: states[:-1],
    }
    if specification.covariate_names[1:]:
        coords[SURPRISE] = list(specification.covariate_names[1:])
    if specification.transition == "depth":
        coords |= {DESTINATION: states[1:], DEPARTURE: states[:-1]}
    else:
        coords[ARRIVAL] = states
    if specification.is_market_wide:
        coords[SECURITY] = inputs.dataset["security"].to_numpy().tolist()
    return coords


def _slopes(
    specification: LiquidityRegimesSpecification,
    priors: LiquidityRegimesPriors,
    data: dict[str, NDArray[np.float64]],
    securities: tuple[str, ...],
) -> Variable:
    """Beta of equation (2), (state[, security], covariate)."""
    unit = pm.Data(SLOPE_UNIT, data[SLOPE_UNIT], dims=securities)
    lowest = log_normal(
        "lowest_volatility_slope_standardized", priors.lowest_slope, securities
    )
    steps = log_normal(
        "volatility_slope_step_standardized", priors.slope_step, (STEP, *securities)
    )
    # From the most liquid state up, and then turned round.
    upwards = pt.concatenate([lowest[None], steps[::-1]]).cumsum(axis=0)
    columns = [upwards[::-1] * unit]
    num_surprises = len(specification.covariate_names) - 1
    if num_surprises:
        surprise = pm.Normal(
            "surprise_slope_standardized",
            0.0,
            priors.surprise_slope_sd,
            dims=(STATE, *securities, SURPRISE),
        )
        surprise_unit = pm.Data(
            SURPRISE_UNIT, data[SURPRISE_UNIT], dims=(SURPRISE, *securities)
        )
        columns += [surprise[..., q] * surprise_unit[q] for q in range(num_surprises)]
    slope = pm.Deterministic(
        "price_impact_slope",
        pt.stack(columns, axis=-1),
        dims=(STATE, *securities, COVARIATE),
    )
    sizes = (specification.num_states, *data[SLOPE_UNIT].shape, len(columns))
    return pt.specify_shape(slope, sizes)


def _noise_sd(
    priors: LiquidityRegimesPriors,
    data: dict[str, NDArray[np.float64]],
    securities: tuple[str, ...],
) -> Variable:
    unit = pm.Data(NOISE_UNIT, data[NOISE_UNIT], dims=securities)
    return pm.LogNormal(
        "noise_sd",
        np.log(priors.noise_sd.median) + pt.log(unit),
        priors.noise_sd.log_sd,
        dims=(STATE, *securities),
    )


def _degrees_of_freedom(
    specification: LiquidityRegimesSpecification, priors: LiquidityRegimesPriors
) -> Variable | None:
    if specification.noise == "normal":
        return None
    return log_normal("degrees_of_freedom", priors.degrees_of_freedom)
