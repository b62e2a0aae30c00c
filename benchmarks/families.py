"""Every benchmark: that of a new family is a line here."""

from benchmarks.command import problem_command
from benchmarks.half_life.command import HALF_LIFE
from benchmarks.liquidity_regimes.problem import LIQUIDITY_REGIMES
from benchmarks.price_pressure.filter_floor import filter_floor
from benchmarks.price_pressure.problem import PRICE_PRESSURE
from benchmarks.price_pressure.score_driven_floor import score_driven_floor
from benchmarks.trading_costs.command import TRADING_COSTS
from benchmarks.trading_costs.curve_command import FAIR_VALUE
from benchmarks.transactions.command import TRANSACTIONS
from data.commands.command import Command

BENCHMARKS = (
    problem_command(PRICE_PRESSURE),
    problem_command(LIQUIDITY_REGIMES),
    HALF_LIFE,
    TRANSACTIONS,
    TRADING_COSTS,
    FAIR_VALUE,
    Command(
        name="filter-floor",
        run=filter_floor,
        examples="Example: python -m benchmarks filter-floor --out "
        "benchmarks/results/filter_floor.csv",
    ),
    Command(
        name="score-driven-floor",
        run=score_driven_floor,
        examples="Example: python -m benchmarks score-driven-floor --out "
        "benchmarks/results/score_driven_floor.csv",
    ),
)
"""Commands ``python -m benchmarks``, in the order of the help."""
