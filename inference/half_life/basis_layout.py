"""What traces of the basis decomposition promise."""

from data.dims import DAY, TENOR
from inference.half_life.basis_decomposition import MASK, OBSERVED
from inference.traced.layout import (
    MODE_SEARCH,
    SAMPLE,
    TraceLayout,
    drawn,
    joined,
    observed,
    scored,
)

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
            }
        ),
        observed(OBSERVED, BY_TENOR, (DAY,)),
        MODE_SEARCH,
        {
            "constant_data": {MASK: BY_TENOR},
            "panel": {"basis_bp": BY_TENOR},
            "smoothed": {
                "level_bp": (SAMPLE, *BY_TENOR),
                "deviation_bp": (SAMPLE, *BY_TENOR),
            },
            "filtered": {"level_bp": BY_TENOR, "deviation_bp": BY_TENOR},
            "one_step_ahead": {
                "mean_bp": BY_TENOR,
                "sd_bp": BY_TENOR,
                "pit": BY_TENOR,
                "standardized_innovation": BY_TENOR,
            },
        },
    ),
    sometimes=scored((DAY,), {"pit": BY_TENOR}),
)
