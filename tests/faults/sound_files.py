"""A sound file of every kind that is read, to be damaged by tests."""

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from data.files.manifest import read_manifest
from data.half_life.basis_events_panel import read_basis_events_panel
from data.half_life.basis_panel import read_basis_panel
from data.half_life.deviations import read_deviations
from data.half_life.event_panel import read_half_life_panel
from data.half_life.events import read_events
from data.half_life.liquidity_controls import read_liquidity_controls
from data.half_life.microstructure import read_microstructure
from data.liquidity_regimes.panel import read_liquidity_panel
from data.liquidity_regimes.volatility_file import read_volatility_file
from data.market.auctions import read_auctions
from data.price_pressure.bond_terms import read_cheapest_to_deliver, read_coupons
from data.price_pressure.panel import read_price_pressure_panel
from data.sources.cftc import read_dealer_positions
from data.sources.gsw import (
    read_nelson_siegel_svensson_parameters,
    read_zero_coupon_yields,
)
from data.sources.h15 import read_constant_maturity_yields
from data.sources.primary_dealers import read_net_positions
from data.trading_costs.panel import read_trading_costs_panel
from data.trading_costs.quote_panel import read_quote_panel
from data.trading_costs.quote_sources import (
    read_crsp,
    read_quote_table,
    read_tradeweb,
)
from data.trading_costs.trades import read_trades
from data.transactions.bucket import Limits
from data.transactions.column_map import read_column_map
from data.transactions.dialects import DIALECTS
from data.transactions.layout import MESSAGE_NAMES
from data.transactions.measures.fair_prices import read_fair_prices
from data.transactions.measures.finra_counts import read_public_aggregates
from data.transactions.reading import Period, ReadTask, read_task
from data.transactions.report import read_account
from data.transactions.securities import read_securities
from data.transactions.sources import open_sources, simulation_behind
from inference.traced.configuration import FitConfiguration
from models.half_life.basis_simulation import simulate_basis
from models.half_life.joint_simulation import simulate_joint_decay
from tests.half_life.frames import event_frame
from tests.liquidity_regimes.frames import one_security
from tests.price_pressure.frames import cash_panel
from tests.sources.publisher_files import (
    FORM_WEEKS,
    gsw_csv,
    h15_csv,
    primary_dealer_csv,
    primary_dealer_json,
    primary_dealer_rows,
    tff_csv,
)
from tests.trading_costs.frames import forty_rows
from tests.trading_costs.quote_frames import flat_quotes
from tests.transactions.files import write_text
from tests.transactions.messages import message

FORM = next(iter(FORM_WEEKS))


def column_map() -> str:
    """Map of every column to one of its own name."""
    named = "".join(f'{name} = "{name.upper()}"\n' for name in MESSAGE_NAMES)
    return f'time = "clock"\n[columns]\n{named}[codes.status]\nT = "T"\n'


def configuration() -> str:
    """What a fit of the basis was asked."""
    return FitConfiguration(
        model="basis-decomposition",
        panel="basis.csv",
        out="basis.nc",
        sampler={"seed": 1, "draws": 10},
    ).as_toml()


CRSP = (
    "caldt,tcusip,tdbid,tdask,tdaccint,tcouprt,tmatdt,tdatdt,tfcpdt,itype,itax\n"
    "2024-12-30,912828ZZ1,99.5,99.6,1.5,4,2028-08-15,2018-08-15,2019-02-15,2,1\n"
    "2024-12-30,912828YY1,98.5,98.6,,3,2032-08-15,2022-08-15,2023-02-15,2,1\n"
)

TRADEWEB = (
    "Date,US2Y_OTR_BidPrice,US2Y_OTR_AskPrice,US2Y_OTR_BidYield,US2Y_OTR_AskYield,"
    "US2Y_OFTR_1_BidPrice,US2Y_OFTR_1_AskPrice,US2Y_OFTR_1_BidYield,"
    "US2Y_OFTR_1_AskYield\n"
    "2024-12-30,99.5,99.6,4.2,4.1,98.5,98.6,4.3,4.2\n"
    "2024-12-31,99.4,99.5,4.3,4.2,98.4,98.5,4.4,4.3\n"
)

ACCOUNT = {
    "preset": "wrds",
    "two_sided": "drop_buy",
    "dialect": "wrds",
    "rows": {"input": 3, "kept": 3},
    "steps": [],
    "rejects": [],
    "kept_by_year": [{"year": 2020, "rows": 3}],
    "unmatched": [],
    "warnings": [],
    "inputs": [{"name": "a.csv", "number": 5, "sha256": "ab"}],
    "software": {"duckdb": "1.5"},
}

MESSAGES = [
    message(5, "T", "2020-01-02", price="99.97", par="350000.00"),
    message(6, "T", "2020-01-02", price="100", side="B", contra="D"),
    message(6, "X", "2020-01-02", price="100", side="B", contra="D"),
]


def messages_of(dialect: str) -> str:
    with TemporaryDirectory() as folder:
        path = write_text(Path(folder) / "a.csv", MESSAGES, dialect)
        return path.read_text()


def read_messages(dialect: str) -> Callable[[Path], Any]:
    """Reader of a file of messages, up to typed rows in buckets."""

    def read(path: Path) -> Any:
        with TemporaryDirectory() as folder:
            form, staging = DIALECTS[dialect], Path(folder)
            (source,) = open_sources([path], form, staging)
            task = ReadTask(source, form, 1, 2, Period(), Limits(), staging / "out")
            return read_task(task)

    return read


Reader = Callable[[Path], Any]

TABLES: dict[str, tuple[Reader, str, Callable[[], str]]] = {
    "gsw": (read_zero_coupon_yields, "a.csv", lambda: gsw_csv(5)),
    "h15": (read_constant_maturity_yields, "a.csv", h15_csv),
    "cftc": (read_dealer_positions, "a.txt", lambda: tff_csv(["2017-01-03"])),
    "dealers": (
        read_net_positions,
        "a.csv",
        lambda: primary_dealer_csv(primary_dealer_rows(FORM)),
    ),
    "dealers in JSON": (
        read_net_positions,
        "a.json",
        lambda: primary_dealer_json(primary_dealer_rows(FORM)),
    ),
    "volatility": (
        read_volatility_file,
        "a.csv",
        lambda: "date,volatility_bp\n2014-04-01,62.5\n2014-04-02,63\n",
    ),
    "price pressure": (
        read_price_pressure_panel,
        "a.csv",
        lambda: cash_panel().head(60).to_csv(index=False),
    ),
    "liquidity": (
        read_liquidity_panel,
        "a.csv",
        lambda: one_security().head(260).to_csv(index=False),
    ),
    "basis": (
        read_basis_panel,
        "a.csv",
        lambda: simulate_basis(1, 70).to_csv(index=False),
    ),
    "half-life": (
        read_half_life_panel,
        "a.csv",
        lambda: event_frame(num_events=20).to_csv(index=False),
    ),
    "events": (
        read_events,
        "a.csv",
        lambda: "event_date,event_type\n2014-04-01,cpi\n2014-05-01,fomc\n",
    ),
    "deviations": (
        read_deviations,
        "a.csv",
        lambda: (
            "imputation,date,tenor,deviation_bp,failed_checks\n"
            "0,2014-04-01,2,1.5,0\n0,2014-04-02,2,1,0\n"
        ),
    ),
    "microstructure": (
        read_microstructure,
        "a.csv",
        lambda: (
            "event_date,event_type,tenor,total_volume,ats_share,principal_share,"
            "dealer_hhi,trade_count,dealer_count\n2014-04-01,cpi,2,5,.1,.2,.3,4,2\n"
        ),
    ),
    "controls": (
        read_liquidity_controls,
        "a.csv",
        lambda: (
            "qdate,tenor_bucket,bid_ask_spread,liq_hhi,issue_conc_top5,pubout\n"
            "2014-03-31,2,.1,.2,.3,400\n"
        ),
    ),
    "coupons": (
        read_coupons,
        "a.csv",
        lambda: (
            "date,coupon_2y_percent,coupon_5y_percent,coupon_10y_percent,"
            "coupon_20y_percent\n2014-04-01,1,2,3,4\n"
        ),
    ),
    "basis events": (
        read_basis_events_panel,
        "a.csv",
        lambda: simulate_joint_decay(1, 70).frame.to_csv(index=False),
    ),
    "trading costs": (
        read_trading_costs_panel,
        "a.csv",
        lambda: forty_rows().to_csv(index=False),
    ),
    "quotes": (
        read_quote_panel,
        "a.csv",
        lambda: flat_quotes().to_csv(index=False),
    ),
    "table of quotes": (
        read_quote_table,
        "a.csv",
        lambda: flat_quotes().to_csv(index=False),
    ),
    "CRSP": (read_crsp, "a.csv", lambda: CRSP),
    "Tradeweb": (read_tradeweb, "a.csv", lambda: TRADEWEB),
    "trades": (
        lambda path: read_trades(path, 1.0),
        "a.csv",
        lambda: (
            "time,security,price,volume_musd,side,segment,is_ats\n"
            "2024-12-30T12:20:00,OLD8,99.5,5,buy,customer,True\n"
            "2024-12-30T12:30:00,OLD8,99.4,2,,interdealer,False\n"
        ),
    ),
    "auctions": (
        read_auctions,
        "a.csv",
        lambda: (
            "cusip,security_type,auction_date,issue_date,maturity_date\n"
            "912828ZZ1,Note,2018-08-08,2018-08-15,2028-08-15\n"
            "912828YY1,Bond,2022-08-11,2022-08-15,2052-08-15\n"
        ),
    ),
    "deliverables": (
        read_cheapest_to_deliver,
        "a.csv",
        lambda: (
            "date,contract,coupon_percent,maturity_date,yield_percent,"
            "conversion_factor\n2014-04-01,10,2.5,2021-05-15,2.4,0.82\n"
        ),
    ),
    "parameters of curves": (
        read_nelson_siegel_svensson_parameters,
        "a.csv",
        lambda: gsw_csv(5),
    ),
    "securities": (
        read_securities,
        "a.csv",
        lambda: (
            "cusip,maturity_date,issue_date\n912828ZZ1,2028-08-15,2018-08-15\n"
            "912828YY1,2032-08-15,\n"
        ),
    ),
    "fair prices": (
        read_fair_prices,
        "a.csv",
        lambda: "row_id,fair_price\n5497558138881,99.5\n5497558138882,98\n",
    ),
    "FINRA": (
        read_public_aggregates,
        "a.csv",
        lambda: (
            "tradeDate,productCategory,yearsToMaturity,benchmark,atsInterdealerCount,"
            "atsInterdealerVolume,dealerCustomerCount,dealerCustomerVolume,"
            "volumeWeightedAveragePrice\n"
            "2019-03-04,Bills,,,5,250,3,140,\n"
        ),
    ),
    "WRDS messages": (read_messages("wrds"), "a.csv", lambda: messages_of("wrds")),
    "FINRA messages": (
        read_messages("finra-enhanced"),
        "a.txt",
        lambda: messages_of("finra-enhanced"),
    ),
    "configuration": (FitConfiguration.read, "a.toml", configuration),
    "manifest": (
        lambda path: read_manifest(path.parent),
        "manifest.json",
        lambda: '{"files": {"gsw/a.csv": {"bytes": 3, "sha256": "ab"}}}',
    ),
    "account of a cleaning": (
        lambda path: read_account(path.parent),
        "report.json",
        lambda: json.dumps(ACCOUNT, indent=1),
    ),
    "scenario": (
        lambda path: simulation_behind([path.parent]),
        "scenario.json",
        lambda: '{"seed": 1,\n"market": "corporate"}',
    ),
    "column map": (
        read_column_map,
        "map.toml",
        column_map,
    ),
}
"""Reader, name of a file, and what a sound one holds."""
