"""Every simulation study: those of a new family are a line here."""

from studies.half_life.basis_command import BASIS_DECOMPOSITION
from studies.half_life.calibration_command import HALF_LIFE_CALIBRATIONS
from studies.half_life.chain_command import BASIS_EVENTS
from studies.half_life.command import HALF_LIFE
from studies.liquidity_regimes.command import LIQUIDITY_REGIMES
from studies.price_pressure.command import PRICE_PRESSURE
from studies.price_pressure.false_positives_command import FALSE_POSITIVES_STUDY
from studies.price_pressure.modes_command import MODE_AGREEMENT
from studies.study import Study
from studies.trading_costs.command import TRADING_COSTS
from studies.trading_costs.left_out_command import YIELD_CURVE
from studies.transactions.command import TRANSACTIONS

STUDIES: tuple[Study, ...] = (
    *PRICE_PRESSURE,
    MODE_AGREEMENT,
    FALSE_POSITIVES_STUDY,
    *LIQUIDITY_REGIMES,
    *BASIS_DECOMPOSITION,
    *BASIS_EVENTS,
    *HALF_LIFE,
    *HALF_LIFE_CALIBRATIONS,
    *TRANSACTIONS,
    *TRADING_COSTS,
    YIELD_CURVE,
)
"""In the order of the help."""
