"""Every kind of data that can be simulated: a new one is a line here."""

from models.half_life.basis_command import SIMULATE_BASIS
from models.half_life.command import SIMULATE_HALF_LIFE
from models.half_life.joint_command import SIMULATE_BASIS_EVENTS
from models.liquidity_regimes.command import SIMULATE_LIQUIDITY_REGIMES
from models.price_pressure.command import SIMULATE_PRICE_PRESSURE
from models.trading_costs.command import SIMULATE_TRADING_COSTS
from models.trading_costs.quotes_command import SIMULATE_QUOTES
from models.transactions.command import SIMULATE_TRANSACTIONS

SIMULATIONS = (
    SIMULATE_PRICE_PRESSURE,
    SIMULATE_LIQUIDITY_REGIMES,
    SIMULATE_BASIS,
    SIMULATE_BASIS_EVENTS,
    SIMULATE_HALF_LIFE,
    SIMULATE_TRANSACTIONS,
    SIMULATE_QUOTES,
    SIMULATE_TRADING_COSTS,
)
"""Commands ``python -m models simulate``, in the order of the help."""
