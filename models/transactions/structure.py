"""How a market trades: who with whom, in what sizes, and who reports it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.arrays import FloatArray, IntArray
from models.transactions.calendar import TradingCalendar
from models.transactions.securities import CORPORATE, TREASURY

AGENCY_FROM, AGENCY_TO = 0.16, 0.42
AGENCY_YEARS = (2003, 2018)
"""Share of customer trades that pass through a dealer, rising between these years."""


@dataclass(frozen=True, kw_only=True)
class MarketStructure:
    """Shares and sizes of one market.

    Parameters
    ----------
    par : tuple of int
        Usual sizes, USD, and `par_shares`; `odd_share` of all are odd lots.
    price_unit : float
        Prices are multiples of it, price points.
    customer_share : float
        Trades with customers; the others are between dealers.
    ats_share : float
        Trades between dealers on an alternative trading system.
    ats_reports : float
        Of these, the share that the system reports as a party of its own (four
        reports); the others are reported by the two dealers. A guess for corporates.
    non_member_share : float
        Trades reported by the system whose buyer is no member (three reports).
    one_sided : float
        Trades between dealers that one of them alone reports.
    affiliate_share : float
        Customer trades with an affiliate of the dealer, from `affiliates_from` on.
    allocation_share : float
        Customer trades that come as two of the same second, price and size.
    evening_share : float
        Trades after the end of the trading day, reported on the next.
    dealers : int
        Their shares fall with the inverse of the rank.
    primary_share, when_issued_share, special_share, irregular_share : float
        Trades in the primary market, when-issued, at a special price, and settled
        later than usual.
    """

    par: tuple[int, ...]
    par_shares: tuple[float, ...]
    odd_share: float
    price_unit: float
    customer_share: float
    ats_share: float
    ats_reports: float
    non_member_share: float
    one_sided: float = 0.03
    affiliate_share: float = 0.03
    allocation_share: float = 0.01
    evening_share: float = 0.015
    dealers: int = 60
    primary_share: float = 0.015
    when_issued_share: float = 0.005
    special_share: float = 0.005
    irregular_share: float = 0.02
    affiliates_from: np.datetime64 = np.datetime64("2015-01-01", "D")  # noqa: RUF009
    ats_parties_from: np.datetime64 = np.datetime64("2016-07-18", "D")  # noqa: RUF009

    def draw_par(self, size: int, rng: np.random.Generator) -> IntArray:
        """Par of `size` trades, USD."""
        usual = rng.choice(self.par, size, p=self.par_shares)
        odd = np.maximum(1, usual * rng.uniform(0.2, 2.0, size) / 1000).astype(np.int64)
        return np.where(rng.random(size) < self.odd_share, odd * 1000, usual)

    def rounded(self, price: FloatArray) -> IntArray:
        """Price in millionths of a point, on the grid of the market."""
        grid = np.maximum(1.0, np.round(price / self.price_unit))
        return np.round(grid * self.price_unit * 1e6).astype(np.int64)

    def agency_share(self, dates: NDArray[np.datetime64]) -> FloatArray:
        """Share of customer trades that are agency or riskless, by date."""
        year = 1970.0 + dates.astype("datetime64[D]").astype(np.int64) / 365.25
        share: FloatArray = np.interp(year, AGENCY_YEARS, (AGENCY_FROM, AGENCY_TO))
        # No more than there are trades between dealers to pass them on.
        most = (1.0 - self.customer_share) / self.customer_share
        return np.minimum(share, 0.9 * most)

    def mean_legs(self, calendar: TradingCalendar) -> float:
        """Trades that accompany each trade drawn, on average over the period."""
        share = self.agency_share(calendar.days[: calendar.count])
        alone = (1.0 - self.customer_share) / self.customer_share - share
        customers = 1.0 / (1.0 + alone)
        added = customers * share + customers * (1.0 - share) * self.allocation_share
        return float(added.mean())


STRUCTURES = {
    CORPORATE: MarketStructure(
        par=(5_000, 10_000, 25_000, 100_000, 1_000_000, 5_000_000),
        par_shares=(0.18, 0.24, 0.22, 0.16, 0.15, 0.05),
        odd_share=0.10,
        price_unit=0.001,
        customer_share=0.55,
        ats_share=0.20,
        ats_reports=0.3,
        non_member_share=0.1,
    ),
    TREASURY: MarketStructure(
        par=(100_000, 1_000_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000),
        par_shares=(0.2, 0.3, 0.2, 0.15, 0.1, 0.05),
        odd_share=0.10,
        price_unit=1 / 256,
        customer_share=0.45,
        ats_share=0.60,
        ats_reports=1.0,
        non_member_share=0.35,
        primary_share=0.0,
        evening_share=0.02,
    ),
}
"""By market. Levels of the Treasury market follow Brain and others (FEDS Notes, 2018);
sizes are guesses."""
