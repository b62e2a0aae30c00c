"""The joint model of basis and events as it is fitted: options, groups of a trace."""

from typing import Annotated, Any

import typer

from data.dims import COVARIATE, DAY, EVENT_DATE, EVENT_MIX, EVENT_TENOR, OUTCOME, TENOR
from data.half_life.basis_events_kind import BASIS_EVENTS as PANEL
from data.half_life.checks import COVARIATES
from inference.half_life.checks import JOINT_CHECKS
from inference.half_life.forecast import forecast_joint_decay
from inference.half_life.joint_decay import (
    COMPONENTS,
    HALF_LIFE_QUANTILES,
    MASK,
    MODEL_NAME,
    prepare_from_joint_decay_trace,
    prepare_joint_decay,
)
from inference.sampling import SAMPLE_DIMS
from inference.traced.layout import (
    CHAIN_STARTS,
    TraceLayout,
    drawn,
    joined,
    observed,
    scored,
)
from inference.traced.model import TracedModel
from models.half_life.joint_decay import (
    OBSERVED,
    SCORE_DRIVEN,
    VOLATILITIES,
    JointDecayPriors,
)
from models.half_life.specification import PROPORTIONAL_HAZARD, HalfLifeSpecification

FIT_EXAMPLES = """Examples

python -m inference fit basis-events --panel data/clean/basis-events.parquet
--covariate bid_ask_spread --covariate liquidity_hhi --out traces/basis-events.nc

python -m inference fit basis-events --panel data/clean/placebo.parquet
--seed 7 --out traces/placebo.nc
"""

BY_TENOR = (DAY, TENOR)

HOLDS = TraceLayout(
    always=joined(
        drawn(
            {
                "persistence": (TENOR,),
                "half_life_days": (TENOR,),
                "level_innovation_sd_bp": (TENOR,),
                "deviation_innovation_sd_bp": (TENOR,),
                "noise_sd_bp": (TENOR,),
                "event_shock_sd_bp": (TENOR,),
                "median_half_life_days": (),
                "shape": (),
                "event_tenor_sd": (),
                "event_tenor_effect": (EVENT_TENOR,),
            }
        ),
        observed(OBSERVED, BY_TENOR, (DAY,)),
        CHAIN_STARTS,
        {
            "constant_data": {MASK: BY_TENOR},
            "panel": {
                "basis_bp": BY_TENOR,
                "event_types": BY_TENOR,
                "outcome_tenor": (OUTCOME,),
                "start_date": (OUTCOME,),
                "outcome_event_types": (OUTCOME,),
                "mix": (OUTCOME,),
                "standardized_covariate": (OUTCOME, COVARIATE),
                "mix_weight": (EVENT_MIX, EVENT_TENOR),
                "transformation": (COVARIATE,),
                "variance_inflation": (COVARIATE,),
                "finding": (COVARIATE,),
                "center": (COVARIATE,),
                "scale": (COVARIATE,),
            },
            "filtered": dict.fromkeys(COMPONENTS, BY_TENOR),
            "one_step_ahead": {
                "mean_bp": BY_TENOR,
                "sd_bp": BY_TENOR,
                "pit": BY_TENOR,
                "standardized_innovation": BY_TENOR,
            },
            "event_half_lives": dict.fromkeys(HALF_LIFE_QUANTILES, (OUTCOME,)),
        },
    ),
    sometimes=joined(
        drawn(
            {
                "coefficient": (COVARIATE,),
                "date_sd": (),
                "covariance_half_life_days": (),
                "covariance_reaction": (),
                "scale_half_life_days": (),
                "scale_reaction": (),
                "degrees_of_freedom": (),
            }
        ),
        {
            "posterior": {
                "date_effect": (*SAMPLE_DIMS, EVENT_DATE),
                "event_half_life_days": (*SAMPLE_DIMS, OUTCOME),
            },
            "panel": dict.fromkeys(COVARIATES, BY_TENOR),
        },
        scored((DAY,), {"pit": BY_TENOR}),
    ),
)


def specify(
    *,
    covariate: Annotated[
        list[str] | None,
        typer.Option(
            help=f"One of {', '.join(COVARIATES)}; repeat for several. All that are "
            "known for at least half of the events."
        ),
    ] = None,
    volatility: Annotated[
        str, typer.Option(help=f"One of {', '.join(VOLATILITIES)}.")
    ] = SCORE_DRIVEN,
) -> dict[str, Any]:
    """Basis, events and what shortens their half-lives, in one likelihood."""
    names = tuple(covariate) if covariate else None
    # Refuses covariates that there are not.
    HalfLifeSpecification(variant=PROPORTIONAL_HAZARD, covariates=names)
    return {"covariates": names, "volatility": volatility}


JOINT_DECAY = TracedModel(
    name=MODEL_NAME,
    panel=PANEL,
    holds=HOLDS,
    checks=JOINT_CHECKS,
    prepare=prepare_joint_decay,
    specify=specify,
    default_priors=lambda _: JointDecayPriors(),
    prepare_again=prepare_from_joint_decay_trace,
    forecast=forecast_joint_decay,
    examples=FIT_EXAMPLES,
)
