"""What a regression of trading costs takes from a panel."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from data.arrays import NOTHING_VARIES, FloatArray, IntArray
from data.errors import DataError
from data.trading_costs.columns import CUSTOMER
from data.trading_costs.panel import TradingCostsPanel
from models.likelihoods.mixed.statistics import MixedStatistics, TotalStatistics, total
from models.trading_costs.design import Design, build_design
from models.trading_costs.observations import Observations
from models.trading_costs.specification import (
    JOINT,
    TradingCostsPriors,
    TradingCostsSpecification,
)

INTERCEPT = "Intercept"

CENTRED = ("spread", "seasoning")
"""Regressors that are zero throughout where the panel's column never varies."""

ROUNDING = 1e-13
"""Share of a mean square that is left of a variance which is zero."""

NOISE_COLUMNS = ("intercept", "illiquidity", "log_error_sd")
NOISE_COLUMNS_UNKNOWN = ("intercept", "illiquidity", "log_gap", "log_maturity")


@dataclass(frozen=True)
class GaussianInputs:
    """Of the responses ``absolute`` and ``signed``.

    Attributes
    ----------
    design : Design
    statistics : MixedStatistics
    prior_precision : (p,) float
        Of the coefficients.
    notes : list of str
    """

    design: Design
    statistics: MixedStatistics
    prior_precision: FloatArray
    notes: list[str]

    @cached_property
    def totals(self) -> TotalStatistics:
        """Statistics of all rows."""
        return total(self.statistics)


@dataclass(frozen=True)
class JointInputs:
    """Of the response ``joint``.

    Attributes
    ----------
    design : Design
    deviation : (row,) float
        Basis points of yield, positive where dearer.
    fixed : (row, p) float
    security, date : (row,) int
    sign : (row,) int
        1 where a customer bought, -1 where one sold, 0 where that is not known, or no
        customer traded.
    noise : (row, k) float
        Regressors of the log error.
    quote_error : (quote,) float
    quote_noise : (quote, k) float
    noise_names : tuple of str
    notes : list of str
    """

    design: Design
    deviation: FloatArray
    fixed: FloatArray
    security: IntArray
    date: IntArray
    sign: IntArray
    noise: FloatArray
    quote_error: FloatArray
    quote_noise: FloatArray
    noise_names: tuple[str, ...]
    notes: list[str]


def select_inputs(
    panel: TradingCostsPanel,
    specification: TradingCostsSpecification,
    priors: TradingCostsPriors,
) -> GaussianInputs | JointInputs:
    """Rows of the response and their design.

    Raises
    ------
    DataError
        Too few rows, or a formula that cannot be read.
    """
    observations = Observations(panel.frame, specification, panel.source)
    design = build_design(observations)
    if specification.response == JOINT:
        return _joint(design)
    return gaussian_inputs(design, priors)


def gaussian_inputs(design: Design, priors: TradingCostsPriors) -> GaussianInputs:
    """Statistics of a design, gathered in one pass."""
    statistics = design.statistics()
    if not np.isfinite(statistics.fixed).all():
        raise DataError(
            "a regressor or the response has no value in some row",
            "Fill the column, or drop it from the formula.",
        )
    _refuse_constants(design, statistics)
    sd = priors.coefficient_sd * design.levels.response_sd / design.column_sd
    is_intercept = np.array([name == INTERCEPT for name in design.names])
    sd = np.where(is_intercept, 2 * sd, sd)
    return GaussianInputs(design, statistics, sd**-2.0, _notes(design, statistics))


def _refuse_constants(design: Design, statistics: MixedStatistics) -> None:
    """Refuse a number that never varies: its slope cannot be told from the intercept.

    Levels of a category have brackets in their names; those without a row are noted.
    """
    if INTERCEPT not in design.names:
        return
    sums = statistics.fixed.sum(axis=(0, 1))
    one = design.names.index(INTERCEPT)
    for place, name in enumerate(design.names):
        square = sums[place, place] / sums[one, one]
        if place == one or "[" in name or (square == 0 and name not in CENTRED):
            continue
        varies = square - (sums[place, one] / sums[one, one]) ** 2
        if varies <= ROUNDING * square:
            raise DataError(
                f"{name} of the formula never varies",
                "Give the series itself, or leave it out of the formula: nothing can "
                "be learned from a constant.",
            )


def _joint(design: Design) -> JointInputs:
    observations = design.observations
    frame, quotes = observations.frame(), observations.quotes()
    rows = design.rows(frame)
    is_known = (
        frame["error_sd_bp"].notna().all() and quotes["error_sd_bp"].notna().all()
    )
    names = NOISE_COLUMNS if is_known else NOISE_COLUMNS_UNKNOWN
    notes = _joint_notes(frame, quotes)
    return JointInputs(
        design,
        rows.response,
        rows.fixed,
        rows.group,
        rows.crossed,
        frame["sign"].to_numpy(np.int64),
        _noise(frame, names),
        quotes["response"].to_numpy(np.float64),
        _noise(quotes, names),
        names,
        notes,
    )


def _noise(frame: pd.DataFrame, names: tuple[str, ...]) -> FloatArray:
    columns = {
        "intercept": np.ones(len(frame)),
        "illiquidity": frame["illiquidity"],
        "log_gap": frame["log_gap"],
        "log_maturity": frame["log_maturity"],
        "log_error_sd": np.log(frame["error_sd_bp"] / 0.2),
    }
    return np.column_stack([columns[name] for name in names]).astype(np.float64)


def _notes(design: Design, statistics: MixedStatistics) -> list[str]:
    levels = design.levels
    specification = design.observations.specification
    notes = [
        f"rows: {levels.number}; securities: {len(levels.securities)}; days: "
        f"{len(levels.dates)}; months: {len(design.months)}",
        "size of a trade is chosen knowing liquidity: a slope in it is no schedule of "
        "costs",
    ]
    empty = [
        name
        for name, square in zip(
            design.names, statistics.fixed.sum(axis=(0, 1)).diagonal(), strict=False
        )
        if square <= levels.number * NOTHING_VARIES**2
    ]
    if empty:
        notes.append(f"no row has, so the prior alone speaks: {', '.join(empty)}")
    if specification.response == "absolute":
        notes.append(
            "twice the absolute deviation counts every error of the fair value as cost"
        )
        return notes
    if specification.named.segment != CUSTOMER:
        notes.append(
            "trades between dealers are among the rows: there neither side is the one "
            "that pays, and a signed deviation is no cost; set absolute and joint "
            "beside it"
        )
    if levels.variance is None:
        notes.append("error_sd_bp is not known throughout: every trade weighs the same")
    else:
        notes.append(
            "weights: the variance of a trade's row is "
            f"{levels.variance.ratio:.2f} times its squared mean, which goes with "
            "indicative spread and benchmark illiquidity, plus that of twice the error "
            "of its fair value"
        )
    return notes


def _joint_notes(frame: pd.DataFrame, quotes: pd.DataFrame) -> list[str]:
    notes = [
        f"trades: {len(frame)}, errors at the next indicative mid: {len(quotes)}",
        "errors of trades between the same two quotes count as independent",
    ]
    unknown = float((frame["sign"] == 0).mean())
    if unknown:
        notes.append(
            f"side unknown of {unknown:.0%} of the trades: there the assumed shape of "
            "costs decides what is cost; set the response signed beside it"
        )
    if not len(quotes):
        notes.append(
            "no errors at the next indicative mid: the assumed shapes of cost and "
            "error decide what is which"
        )
    return notes
