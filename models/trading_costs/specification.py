"""Which regression of trading costs is fitted: its formula, response and priors.

The named formulas are those of Sokolinskiy (2025, FEDS 2025-049) as far as its text can
be read: sections 3.3, 4.1, 4.2 and appendices B, C and D by their descriptions. Bins of
volume, groups of liquidity and the form of the fixed effects are inferred, not seen.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from data.errors import DataError
from data.trading_costs.columns import CUSTOMER, INTERDEALER

ABSOLUTE, SIGNED, JOINT = "absolute", "signed", "joint"

RESPONSES = {
    ABSOLUTE: "median of twice the absolute deviation, by security, day and volume bin",
    SIGNED: "twice the deviation in the customer's direction, a trade each",
    JOINT: "a one-sided cost plus a pricing error, a trade each",
}
"""Name on the command line -> what it is. The first is the published one: every error
of the fair value counts as cost there."""

VOLUME_EDGES_MUSD = (1.0, 5.0, 10.0, 25.0, 50.0)
"""Conventional in trades with customers; those of the paper are not known."""

GROUPS = ("low", "middle", "high")
"""Terciles of illiquidity."""


class Formula(NamedTuple):
    """A named formula.

    Attributes
    ----------
    common : str
        Fixed effects, in the language of `formulae`.
    segment : str
        Whose trades; empty of all.
    has_retail : bool
        Whether retail-sized trades are among them.
    cell : tuple of str
        What tells cells apart beside security, day and volume bin.
    other_segment : str
        Whose spread of the same security and day is a regressor, if any.
    """

    common: str
    segment: str = CUSTOMER
    has_retail: bool = False
    cell: tuple[str, ...] = ()
    other_segment: str = ""


_BIAS = "spread * (seasoning + illiquidity)"

FORMULAS = {
    "indicative": Formula("spread"),
    "seasoning": Formula("spread * seasoning"),
    "benchmark": Formula("spread * illiquidity"),
    "bias": Formula(_BIAS),
    "volume-benchmark": Formula(f"0 + volume_bin:benchmark_group + {_BIAS}"),
    "volume-relative": Formula(f"0 + volume_bin:relative_group + {_BIAS}"),
    "venue": Formula(
        f"{_BIAS} + ats + ats:spread + volume_bin:ats", segment="", cell=("ats",)
    ),
    "segments": Formula(
        "other_spread + spread + illiquidity", other_segment=INTERDEALER
    ),
    "segments-reverse": Formula(
        "other_spread + spread + illiquidity",
        segment=INTERDEALER,
        other_segment=CUSTOMER,
    ),
    "retail": Formula(
        f"{_BIAS} + retail + retail:spread + retail:seasoning",
        has_retail=True,
        cell=("retail",),
    ),
}
"""Name -> formula; each with a random intercept by security."""

_GROUP_TERM = re.compile(r"\+?\s*\(([^()|]+)\|\s*(\w+)\s*\)")

SECURITY_FACTOR, DATE_FACTOR = "security", "date"

BETWEEN = {"spread": "spread_mean", "seasoning": "seasoning_mean"}
"""Regressor that differs between securities -> its mean by security (Mundlak 1978)."""


@dataclass(frozen=True, kw_only=True)
class TradingCostsSpecification:
    """A regression of trading costs.

    Parameters
    ----------
    formula : str
        One of `FORMULAS`, or a formula of one's own in the words of lme4, such as
        ``spread * illiquidity + volatility_bp + (1 + spread | security) + (1 | date)``.
        Groups are ``security`` and ``date``.
    response : str
        One of `RESPONSES`.
    cost_shape : str
        Of ``joint``: ``erlang`` mixes Erlang-1 and Erlang-2; ``tailed`` lets their
        scale be lognormal as well.

    Raises
    ------
    DataError
        There is no such response, group or shape.
    """

    formula: str
    response: str
    cost_shape: str = "erlang"

    def __post_init__(self) -> None:
        if self.response not in RESPONSES:
            raise DataError(
                f"there is no response {self.response!r}",
                f"Choose one of {', '.join(RESPONSES)}.",
            )
        if self.cost_shape not in ("erlang", "tailed"):
            raise DataError(
                f"there is no cost shape {self.cost_shape!r}",
                "Choose erlang or tailed.",
            )
        for _, factor in self.written_groups:
            if factor not in (SECURITY_FACTOR, DATE_FACTOR):
                raise DataError(
                    f"the formula has effects by {factor!r}",
                    f"Effects may vary by {SECURITY_FACTOR} and by {DATE_FACTOR}.",
                )

    @property
    def named(self) -> Formula:
        """The named formula, or one's own with what goes for all others."""
        own = Formula(_GROUP_TERM.sub("", self.formula).strip() or "1")
        return FORMULAS.get(self.formula, own)

    @property
    def written_groups(self) -> list[tuple[str, str]]:
        """Random effects of one's own formula: (expression, group) each."""
        if self.formula in FORMULAS:
            return []
        found = _GROUP_TERM.findall(self.formula)
        return [(expression.strip(), factor) for expression, factor in found]

    @property
    def common(self) -> str:
        """Fixed effects, with means by security beside them in ``signed``."""
        common = self.named.common
        if self.response != SIGNED or self.formula not in FORMULAS:
            return common
        between = [mean for name, mean in BETWEEN.items() if name in common]
        return " + ".join([common, *between])

    def effects_of(self, factor: str) -> str:
        """Expression of the effects that vary by a group; empty without any.

        Day effects go with every response but the published one.
        """
        if self.formula in FORMULAS:
            has_effects = factor == SECURITY_FACTOR or self.response != ABSOLUTE
            return "1" if has_effects else ""
        written = [text for text, group in self.written_groups if group == factor]
        if not written and factor == SECURITY_FACTOR:
            return "1"
        return " + ".join(written)


@dataclass(frozen=True, kw_only=True)
class TradingCostsPriors:
    """Priors, in units of the response's standard deviation but for those of logs.

    Of ``signed`` the unit is the standard deviation of a row of weight 1.

    Parameters
    ----------
    coefficient_sd : float
        Of one standard deviation of a regressor, normal around 0; the intercept has
        twice as much.
    effect_sd : float
        Half-normal scale of the spread of securities' and days' effects.
    residual_log_sd : float
        Lognormal around the response's standard deviation.
    log_cost_sd : float
        Of ``joint``: log mean cost at average regressors, around that of a tenth of a
        basis point.
    log_slope_sd : float
        Of ``joint``: log cost or log error of one standard deviation of a regressor.
    log_effect_sd : float
        Of ``joint``: half-normal scale of the spread of effects on the log cost.
    taker_share : tuple of float
        Beta of the share of trades in which the customer pays: customers take
        liquidity in nine trades of ten.
    """

    coefficient_sd: float = 5.0
    effect_sd: float = 1.0
    residual_log_sd: float = 1.0
    log_cost_sd: float = 1.5
    log_slope_sd: float = 0.5
    log_effect_sd: float = 0.5
    taker_share: tuple[float, float] = (18.0, 2.0)
