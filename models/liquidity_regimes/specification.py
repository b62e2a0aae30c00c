"""Which variant of the liquidity-regimes model."""

from dataclasses import dataclass
from typing import Literal, get_args

from data.errors import DataError
from data.liquidity_regimes.columns import COVARIATE_SETS

Transition = Literal["depth", "constant"]
Noise = Literal["normal", "student-t"]
InitialDistribution = Literal["estimated", "stationary"]

MARKET_WIDE = "market-wide"
"""In place of a security: one liquidity state common to all of them."""

PAPER_STATES = 3
MINIMUM_STATES = 2
MAXIMUM_STATES = 5


@dataclass(frozen=True, kw_only=True)
class LiquidityRegimesSpecification:
    """Specification of Meldrum & Sokolinskiy (2025), and what goes beyond it.

    Parameters
    ----------
    covariates : {"I", "II", "III", "IV"}
        Model of the paper: volatility alone (I), with the surprise in its volatility
        (II), with the surprise in its persistence (III), with both (IV).
    transition : {"depth", "constant"}
        Probabilities of moving between states multinomial logistic in market depth
        (Table 3), or constant (Table 2).
    noise : {"normal", "student-t"}
        Distribution of price impact around its regression line.
    num_states : int
        K, 2 to 5; 3 in the paper.
    initial : {"estimated", "stationary"}
        Distribution of the first day's state: free, or the one that the first day's
        transition matrix leaves as it is.
    security : str, optional
        Label in the panel, or "market-wide". May be left out when the panel has only
        one.

    Raises
    ------
    DataError
        If an argument is none of these.
    """

    covariates: str = "IV"
    transition: Transition = "depth"
    noise: Noise = "normal"
    num_states: int = PAPER_STATES
    initial: InitialDistribution = "estimated"
    security: str | None = None

    def __post_init__(self) -> None:
        _require_one_of("covariates", self.covariates, COVARIATE_SETS)
        _require_one_of("transition", self.transition, get_args(Transition))
        _require_one_of("noise", self.noise, get_args(Noise))
        _require_one_of("initial", self.initial, get_args(InitialDistribution))
        if not MINIMUM_STATES <= self.num_states <= MAXIMUM_STATES:
            raise DataError(
                f"the number of states is {self.num_states}",
                f"choose {MINIMUM_STATES} to {MAXIMUM_STATES}; the paper has 3",
            )

    @property
    def name(self) -> str:
        """Short name, such as ``IV-depth``: departures from the paper are appended."""
        parts = [self.covariates, self.transition]
        if self.noise != "normal":
            parts.append(self.noise)
        if self.num_states != PAPER_STATES:
            parts.append(f"{self.num_states}-states")
        if self.initial != "estimated":
            parts.append(self.initial)
        if self.security is not None:
            parts.append(self.security)
        return "-".join(parts)

    @property
    def covariate_names(self) -> tuple[str, ...]:
        """Symbols of the covariates, V first."""
        return COVARIATE_SETS[self.covariates]

    @property
    def state_labels(self) -> list[str]:
        """Labels of the states, "1" the least liquid."""
        return [str(state + 1) for state in range(self.num_states)]

    @property
    def is_market_wide(self) -> bool:
        """Whether all securities share one liquidity state."""
        return self.security == MARKET_WIDE


def _require_one_of(name: str, value: object, choices: object) -> None:
    known = list(choices)  # type: ignore[call-overload]  # any container of strings
    if value not in known:
        raise DataError(f"{name} is {value!r}", f"choose one of {', '.join(known)}")
