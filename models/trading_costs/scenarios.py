"""What is true of simulated trades: parameters, and named departures from them."""

from dataclasses import dataclass, replace

from data.errors import DataError

EXPONENTIAL, ERLANG, LOMAX = "exponential", "erlang-2", "lomax"
LOG, IDENTITY = "log", "identity"


@dataclass(frozen=True, kw_only=True)
class TradingCostsParameters:
    """Truth of a simulation; magnitudes are guesses but where a source is named.

    Parameters
    ----------
    securities, days, trades_a_day : int, int, float
        Size; trades a security and day.
    cost_bp : float
        Mean half-spread at the reference: indicative spread 0.68 bp, new, size up to 5
        million. Published median effective spread 0.37 bp (Sokolinskiy 2025, Table 1).
    spread_elasticity, age_elasticity, benchmark_elasticity : float
        Of the mean cost in indicative spread, 1 + years since issue, and benchmark
        illiquidity.
    size_rise : float
        Log cost of 50 million over that of 5.
    security_sd, day_sd : float
        Of log costs between securities and days.
    shape : str
        Of a cost around its mean.
    link : str
        ``identity``: the mean is linear in indicative spread and standardised benchmark
        illiquidity, with the slopes that the elasticities are at the reference.
    drift_sd_bp : float
        Of a security's own yield spread over a trading day; more below two years to
        maturity.
    quote_noise_bp, quote_noise_price, benchmark_noise_bp : float
        Of an indicative mid in yield and, per 100 of face, in price: quotes come in
        ticks; and of the benchmark at a trade.
    error_elasticity : float
        Of all of these in benchmark illiquidity.
    noise_degrees_of_freedom : float
        Of the drift; infinite is normal.
    taker_share : float
        Of trades with customers in which the customer pays the cost; half between
        dealers.
    wrong_side_share : float
        Of sides that are recorded the other way round.
    customer_share, ats_share : float
        Of trades; of those between dealers.
    small_share : float
        Of trades below a quarter of a million, beside those that sizes give anyway.
    stress_days_share : float
        Of days in a spell of stress: benchmark illiquidity is 3 to 10 times as high.
    filter_limit : float
        Trades whose security's next quote misses its forecast by more half-spreads are
        dropped; infinite keeps all.
    selection : float
        How strongly large trades wait for low costs, per unit of log cost.
    """

    securities: int = 118
    days: int = 250
    trades_a_day: float = 2.0
    cost_bp: float = 0.16
    spread_elasticity: float = 0.5
    age_elasticity: float = -0.08
    benchmark_elasticity: float = 0.15
    size_rise: float = 0.3
    security_sd: float = 0.3
    day_sd: float = 0.1
    shape: str = EXPONENTIAL
    link: str = LOG
    drift_sd_bp: float = 0.25
    quote_noise_bp: float = 0.05
    quote_noise_price: float = 0.004
    benchmark_noise_bp: float = 0.05
    error_elasticity: float = 0.5
    noise_degrees_of_freedom: float = float("inf")
    taker_share: float = 0.92
    wrong_side_share: float = 0.0
    customer_share: float = 0.7
    ats_share: float = 0.4
    small_share: float = 0.04
    stress_days_share: float = 0.007
    filter_limit: float = float("inf")
    selection: float = 0.0


NOISE_ONLY = "noise-only"
FAITHFUL = "faithful"

_TRUE = TradingCostsParameters()

SCENARIOS = {
    NOISE_ONLY: replace(_TRUE, benchmark_elasticity=0.0, error_elasticity=1.0),
    FAITHFUL: _TRUE,
    "wrong-sides": replace(_TRUE, wrong_side_share=0.15),
    "heavy-tails": replace(_TRUE, shape=LOMAX, noise_degrees_of_freedom=5.0),
    "stress": replace(_TRUE, stress_days_share=0.1, error_elasticity=1.0),
    "wrong-filter": replace(_TRUE, filter_limit=0.5, error_elasticity=1.0),
    "selection": replace(_TRUE, selection=1.5),
}
"""Name -> truth. ``noise-only``: illiquidity of the benchmark makes fair values less
exact and trades no dearer."""


def scenario(name: str) -> TradingCostsParameters:
    """Parameters of a named scenario.

    Raises
    ------
    DataError
        There is none of that name.
    """
    if name not in SCENARIOS:
        raise DataError(
            f"there is no scenario {name!r}", f"Choose one of {', '.join(SCENARIOS)}."
        )
    return SCENARIOS[name]
