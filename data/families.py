"""Every kind of data that is built or cleaned: a new one is a line here."""

from typing import Any

from data.half_life.basis_events_kind import BASIS_EVENTS
from data.half_life.basis_kind import BASIS
from data.half_life.covariates_command import COVARIATES_OF_EVENTS
from data.half_life.kind import HALF_LIFE
from data.half_life.microstructure_command import MICROSTRUCTURE
from data.half_life.template import EVENT_TEMPLATES
from data.liquidity_regimes.kind import LIQUIDITY_REGIMES
from data.panel import PanelKind, Template
from data.price_pressure.kind import PRICE_PRESSURE
from data.price_pressure.own_positions import OWN_POSITIONS
from data.price_pressure.template import POSITIONS_TEMPLATE
from data.trading_costs.fair_prices import FAIR_PRICES
from data.trading_costs.kind import TRADING_COSTS
from data.trading_costs.quotes_kind import QUOTES
from data.transactions.command import CLEAN_TRANSACTIONS
from data.transactions.measures.command import MEASURES

PANELS: tuple[PanelKind[Any], ...] = (
    PRICE_PRESSURE,
    LIQUIDITY_REGIMES,
    BASIS,
    BASIS_EVENTS,
    HALF_LIFE,
    QUOTES,
    TRADING_COSTS,
)
"""In the order of the help."""

TABLES = (
    OWN_POSITIONS,
    MEASURES,
    FAIR_PRICES,
    MICROSTRUCTURE,
    COVARIATES_OF_EVENTS,
)
"""Commands ``python -m data build`` of what is one's own or goes into a panel."""

TEMPLATES: tuple[Template, ...] = (
    *(template for kind in PANELS for template in kind.templates),
    POSITIONS_TEMPLATE,
    *EVENT_TEMPLATES,
)
"""Files to begin with, in the order of the help."""

CLEANINGS = (CLEAN_TRANSACTIONS,)
"""Commands ``python -m data clean``."""
