"""Every problem by name; measurements in fresh processes find theirs here."""

from benchmarks.liquidity_regimes import LIQUIDITY_REGIMES
from benchmarks.price_pressure import PRICE_PRESSURE

PROBLEMS = {problem.name: problem for problem in (PRICE_PRESSURE, LIQUIDITY_REGIMES)}
