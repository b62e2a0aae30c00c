"""The half-life regressions as they are fitted: options, groups of a trace."""

from typing import Annotated, Any

import typer

from data.commands.command import option
from data.dims import (
    COVARIATE,
    DAY,
    EVENT_DATE,
    EVENT_MIX,
    EVENT_TENOR,
    IMPUTATION,
    INCOMPLETE,
    LATER_DAY,
    MISSING_CELL,
    MISSING_SLOPE,
    OUTCOME,
    ROW,
    TENOR,
)
from data.half_life.checks import COVARIATES
from data.half_life.event_panel import CLEANING, FAILED_CHECKS
from data.half_life.kind import HALF_LIFE as PANEL
from inference.half_life.checks import HALF_LIFE_CHECKS
from inference.half_life.forecast import forecast_half_life
from inference.half_life.prepare import MODEL_NAME, default_priors, prepare_half_life
from inference.sampling import SAMPLE_DIMS
from inference.settings import SamplerSettings
from inference.traced.layout import (
    CHAIN_STARTS,
    TraceLayout,
    drawn,
    joined,
    observed,
    optional,
)
from inference.traced.model import TracedModel
from inference.traced.options import SAMPLER_OPTIONS
from models.half_life.model import OBSERVED, RESOLVED, WATCHED
from models.half_life.specification import (
    CHOICES,
    IMPUTE,
    MISSING,
    VARIANTS,
    HalfLifeSpecification,
)

FIT_EXAMPLES = """Examples

python -m inference fit half-life --panel data/clean/half-life.parquet
--variant proportional-hazard --out traces/half-life-hazard.nc

python -m inference fit half-life --panel imputed.parquet --variant discrete-weibull
--covariate bid_ask_spread --draws 500 --seed 7 --out traces/half-life-imputed.nc
"""

EFFECTS = {
    "coefficient": (COVARIATE,),
    "baseline_log_hazard": (DAY,),
    "first_day_log_hazard": (),
    "daily_change": (LATER_DAY,),
    "shape": (),
    "event_tenor_sd": (),
    "date_sd": (),
    "intercept_days": (),
    "event_tenor_sd_days": (),
    "noise_sd_days": (),
    "missing_level": (INCOMPLETE, TENOR),
    "missing_slope": (MISSING_SLOPE,),
    "missing_sd": (INCOMPLETE,),
}
"""Parameters that some variants have."""

EVENT_COLUMNS = (
    "event_date",
    "deviation_date",
    "event_type",
    "tenor",
    "outcome",
    "imputation",
    "deviation_bp",
    "half_life_days",
    "is_censored",
    "set_aside",
    *COVARIATES,
)

HOLDS = TraceLayout(
    always=joined(
        drawn({"event_tenor_effect": (EVENT_TENOR,)}),
        # Summed over outcomes where there are several imputations of them.
        observed(OBSERVED, (OUTCOME,), (optional(OUTCOME),)),
        CHAIN_STARTS,
        {
            "panel": {
                "tenor": (OUTCOME,),
                "start_date": (OUTCOME,),
                "event_types": (OUTCOME,),
                "mix": (OUTCOME,),
                "mix_weight": (EVENT_MIX, EVENT_TENOR),
                "covariate_value": (OUTCOME, COVARIATE),
                "standardized_covariate": (OUTCOME, COVARIATE),
                "half_life_days": (IMPUTATION, OUTCOME),
                "days_watched": (IMPUTATION, OUTCOME),
                "transformation": (COVARIATE,),
                "variance_inflation": (COVARIATE,),
                "finding": (COVARIATE,),
                "center": (COVARIATE,),
                "scale": (COVARIATE,),
            },
            "events": dict.fromkeys(EVENT_COLUMNS, (ROW,)),
        },
    ),
    sometimes=joined(
        drawn(EFFECTS),
        {
            "posterior": {
                "date_effect": (*SAMPLE_DIMS, EVENT_DATE),
                "missing_covariate": (*SAMPLE_DIMS, MISSING_CELL),
            },
            "constant_data": {WATCHED: (OUTCOME,), RESOLVED: (OUTCOME,)},
            "events": {FAILED_CHECKS: (ROW,), CLEANING: (ROW,)},
            "imputation": {},
        },
    ),
)


def specify(
    *,
    variant: Annotated[str, typer.Option(help=f"One of {', '.join(VARIANTS)}.")],
    covariate: Annotated[
        list[str] | None,
        typer.Option(
            help=f"One of {', '.join(CHOICES)}; repeat for several. All that are "
            "known for at least half of the outcomes."
        ),
    ] = None,
    missing_covariates: Annotated[
        str,
        typer.Option(
            help="; ".join(f"{name}: {what}" for name, what in MISSING.items()) + "."
        ),
    ] = IMPUTE,
) -> dict[str, Any]:
    """How long dislocations of the basis last, and what shortens them."""
    specification = HalfLifeSpecification(
        variant=variant,
        covariates=tuple(covariate) if covariate else None,
        missing=missing_covariates,
    )
    return {"specification": specification}


HALF_LIFE = TracedModel(
    name=MODEL_NAME,
    panel=PANEL,
    holds=HOLDS,
    checks=HALF_LIFE_CHECKS,
    prepare=prepare_half_life,
    specify=specify,
    default_priors=lambda chosen: default_priors(chosen["specification"]),
    forecast=forecast_half_life,
    examples=FIT_EXAMPLES,
    sampler_options={
        **SAMPLER_OPTIONS,
        "draws": option(
            "draws",
            Annotated[
                int, typer.Option(help="Kept draws of each chain (and imputation).")
            ],
            SamplerSettings.draws,
        ),
        "chains": option(
            "chains",
            Annotated[
                int, typer.Option(help="Independent chains (of each imputation).")
            ],
            SamplerSettings.chains,
        ),
    },
)
