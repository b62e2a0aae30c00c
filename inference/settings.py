"""What a posterior run depends on besides model and data."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from data.errors import DataError

SamplerName = Literal["nutpie", "pymc", "numpyro"]

LARGEST = {"seed": 2**63 - 1, "draws": 10**7, "tune": 10**7, "chains": 1000}
"""Of settings. A seed is kept as a 64-bit number; draws are kept in memory."""

MINIMUM_DRAWS = 4
"""Split R-hat halves each chain and needs two draws in each half."""


@dataclass(frozen=True, kw_only=True)
class SamplerSettings:
    """Settings of the No-U-Turn sampler and of the predictive draws.

    Two runs of one model on one machine with equal settings give equal numbers.

    Parameters
    ----------
    seed : int
        Seed of every random number of the run, from 0 to 2 ** 63 - 1.
    draws, tune : int
        Kept and adaptation iterations of each chain.
    chains : int
        Independent chains. R-hat compares chains, so at least 2.
    sampler : {"nutpie", "pymc", "numpyro"}
        Implementation of the No-U-Turn sampler.
    target_accept : float
        Acceptance rate that the step size is adapted to; closer to 1 takes smaller
        steps.
    max_tree_depth : int
        A trajectory takes at most 2 ** max_tree_depth steps.
    prior_draws : int
        Draws from the prior and the prior predictive distribution.
    predictive_draws : int
        Posterior draws kept (evenly thinned) for quantities that are as long as the
        data: the posterior predictive distribution and the smoothed states.

    Raises
    ------
    DataError
        If a setting is outside its range.
    """

    seed: int
    draws: int = 1000
    tune: int = 1000
    chains: int = 4
    sampler: SamplerName = "nutpie"
    target_accept: float = 0.9
    max_tree_depth: int = 10
    prior_draws: int = 1000
    predictive_draws: int = 400

    def __post_init__(self) -> None:
        _require_at_least("seed", self.seed, 0)
        _require_at_least("draws", self.draws, MINIMUM_DRAWS)
        _require_at_least("tune", self.tune, 1)
        _require_at_least("chains", self.chains, 2)
        _require_at_least("max_tree_depth", self.max_tree_depth, 1)
        _require_at_least("prior_draws", self.prior_draws, 2)
        _require_at_least("predictive_draws", self.predictive_draws, 1)
        for name, largest in LARGEST.items():
            _require_at_most(name, getattr(self, name), largest)
        if self.sampler not in get_args(SamplerName):
            raise DataError(
                f"sampler is {self.sampler!r}",
                f"Choose one of {', '.join(get_args(SamplerName))}.",
            )
        if not 0.0 < self.target_accept < 1.0:
            raise DataError(
                f"target_accept is {self.target_accept}",
                "Choose a number between 0 and 1, for example 0.9.",
            )

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping of every setting, for the attributes of a trace."""
        return asdict(self)


def _require_at_least(name: str, value: int, smallest: int) -> None:
    if value < smallest:
        raise DataError(
            f"{name} is {value}", f"Choose a whole number of at least {smallest}."
        )


def _require_at_most(name: str, value: int, largest: int) -> None:
    if value > largest:
        raise DataError(
            f"{name} is {value}", f"Choose a whole number of at most {largest}."
        )
