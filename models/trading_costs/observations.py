"""Rows of a regression of trading costs, selected and summed up by DuckDB in batches.

A panel may be a frame or a Parquet file larger than memory: what a regression needs to
know of all rows is one small query, and the rows stream past once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from data.arrays import NOTHING_VARIES, FloatArray
from data.errors import DataError
from data.files.databases import draw_no_bars, pattern
from data.trading_costs.columns import COLUMNS, CUSTOMER, FORECAST_ERROR
from models.trading_costs.signed_variance import SignedVariance, signed_variance
from models.trading_costs.specification import (
    ABSOLUTE,
    GROUPS,
    JOINT,
    SIGNED,
    VOLUME_EDGES_MUSD,
    TradingCostsSpecification,
)

BATCH_ROWS = 65_536

FEWEST_ROWS = 30

NUMBERS = (
    "indicative_spread_bp",
    "age_years",
    "benchmark_illiquidity",
    "relative_illiquidity",
    "maturity_years",
    "dollar_duration",
    "gap_hours",
    "error_sd_bp",
    "volume_musd",
)
"""Columns of every row; means of a cell's."""

_EVEN, _OTHER_EVEN = (
    f"((hash(time, security, deviation_bp, {k}) + 0.5) / 18446744073709551616.0)"
    for k in (1, 2)
)
ERROR_ALONE = f"error_sd_bp * sqrt(-2 * ln({_EVEN})) * cos(2 * pi() * {_OTHER_EVEN})"
"""A normal error of a trade's fair value, the same in every pass over the rows."""


@dataclass(frozen=True)
class Levels:
    """What a regression has to know of all of its rows.

    Attributes
    ----------
    securities, dates : list
        In order.
    number : int
        Of rows.
    response_sd : float
        In the unit of the response; of ``signed`` that of a row of weight 1.
    spread_center, seasoning_center : float
        Medians of indicative spread (bp) and years since issue, or of their logs.
    spread_deciles, seasoning_terciles, benchmark_terciles, relative_terciles : array
        Inner edges of groups.
    security_means : DataFrame
        Of ``spread`` and ``seasoning``, by security.
    variance : SignedVariance or None
        Of a signed deviation; None where errors of fair values are unknown.
    """

    securities: list[str]
    dates: list[pd.Timestamp]
    number: int
    response_sd: float
    spread_center: float
    seasoning_center: float
    spread_deciles: FloatArray
    seasoning_terciles: FloatArray
    benchmark_terciles: FloatArray
    relative_terciles: FloatArray
    security_means: pd.DataFrame
    variance: SignedVariance | None


class Observations:
    """Rows of a regression, from a panel in memory or a Parquet file.

    Parameters
    ----------
    panel : DataFrame or Path
        Layout of a checked trading-cost panel.
    specification : TradingCostsSpecification
    source : str
        Names the panel in errors.

    Raises
    ------
    DataError
        Too few rows are left.
    """

    def __init__(
        self,
        panel: pd.DataFrame | Path,
        specification: TradingCostsSpecification,
        source: str,
    ) -> None:
        self.specification = specification
        self.connection = duckdb.connect()
        draw_no_bars(self.connection)
        if isinstance(panel, pd.DataFrame):
            self.connection.register("panel", panel)
        else:
            self.connection.from_parquet(
                pattern(panel), hive_partitioning=False
            ).create_view("panel")
        described = self.connection.sql("select * from panel limit 0").columns
        self.own = [name for name in described if name not in COLUMNS]
        self._select(self._query())
        self.levels = self._levels(source)

    def batches(self, rows: int = BATCH_ROWS) -> Iterator[pd.DataFrame]:
        """Rows in order of time, some at a time, with the regressors of formulas."""
        return self._read("select * from rows_", rows)

    def error_batches(self) -> Iterator[pd.DataFrame]:
        """Rows of `batches` whose response is what it would be at no cost.

        Deviations are errors of the fair value alone, drawn from their known standard
        deviations; without a value where one is not known.
        """
        return self._read(self._query(ERROR_ALONE))

    @property
    def has_forecast_errors(self) -> bool:
        """Whether trades can be filtered by how well their quote forecast the next."""
        return FORECAST_ERROR in self.own

    def filtered_batches(self, half_spreads: float) -> Iterator[pd.DataFrame]:
        """Rows of `batches` as a filter on forecast accuracy would leave them.

        Of trades whose quote forecast the security's next indicative mid to within so
        many of its own indicative half-spreads.
        """
        condition = (
            f"abs({FORECAST_ERROR}) <= {half_spreads} * indicative_spread_bp / 2"
        )
        return self._read(self._query(conditions=(condition,)))

    def _read(self, query: str, rows: int = BATCH_ROWS) -> Iterator[pd.DataFrame]:
        for batch in self.connection.sql(query).to_arrow_reader(rows):
            yield self._regressed(batch.to_pandas())

    def frame(self) -> pd.DataFrame:
        """All rows at once."""
        return self._regressed(self.connection.sql("select * from rows_").df())

    def quotes(self) -> pd.DataFrame:
        """Errors at the next indicative mid, with the regressors of formulas."""
        numbers = ", ".join(NUMBERS)
        query = (
            f"select security, date, deviation_bp as response, {numbers}, 0 as ats, "
            "0 as retail from panel where observation = 'quote' order by time"
        )
        return self._regressed(self.connection.sql(query).df())

    def _regressed(self, frame: pd.DataFrame) -> pd.DataFrame:
        return with_regressors(frame, self.levels, self.specification.response)

    def _select(self, query: str) -> None:
        self.connection.execute(f"create view rows_ as {query}")

    def _query(
        self, deviation: str = "deviation_bp", conditions: tuple[str, ...] = ()
    ) -> str:
        """Rows of the response, before centring."""
        chosen, response = self.specification.named, self.specification.response
        where = ["observation = 'trade'", *conditions]
        if chosen.segment:
            where.append(f"segment = '{chosen.segment}'")
        if not chosen.has_retail:
            where.append("not is_retail")
        own = [x for x in self.own if x in self.specification.common]
        numbers = [*NUMBERS, *own]
        if response == ABSOLUTE:
            means = ", ".join(f"avg({x}) as {x}" for x in numbers)
            query = (
                f"select security, date, min(time) as time, {_bin_sql()} as bin, "
                f"median(2 * abs({deviation})) as response, {means}, "
                "is_ats::int as ats, is_retail::int as retail, 0 as sign "
                f"from panel where {' and '.join(where)} "
                "group by security, date, bin, ats, retail"
            )
        else:
            sign = "case side when 'buy' then 1 when 'sell' then -1 else 0 end"
            if response == JOINT:
                # Between dealers either may be the one who pays.
                sign = f"case when segment = '{CUSTOMER}' then {sign} else 0 end"
            else:
                where.append("side <> ''")
            scale = "" if response == JOINT else f"2 * {sign} *"
            query = (
                f"select security, date, time, {_bin_sql()} as bin, "
                f"{scale} {deviation} as response, {', '.join(numbers)}, "
                f"is_ats::int as ats, is_retail::int as retail, {sign} as sign "
                f"from panel where {' and '.join(where)}"
            )
        if chosen.other_segment:
            query = (
                f"select * from ({query}) join (select security, date, "
                "median(2 * abs(deviation_bp)) as other_spread from panel where "
                f"observation = 'trade' and segment = '{chosen.other_segment}' and not "
                "is_retail group by security, date) using (security, date)"
            )
        return f"{query} order by time, security"

    def _levels(self, source: str) -> Levels:
        spread, age = "indicative_spread_bp", "age_years"
        if self.specification.response == JOINT:
            spread, age = f"ln({spread})", f"ln(1 + {age})"
        thirds, tenths = [1 / 3, 2 / 3], [k / 10 for k in range(1, 10)]
        found = self.connection.sql(
            f"select count(*), stddev_pop(response), median({spread}), median({age}), "
            f"quantile_cont({spread}, {tenths}), quantile_cont({age}, {thirds}), "
            f"quantile_cont(benchmark_illiquidity, {thirds}), "
            f"quantile_cont(relative_illiquidity, {thirds}), "
            "count(error_sd_bp), max(abs(response)) from rows_"
        ).fetchall()[0]
        if found[0] < FEWEST_ROWS:
            number = found[0]
            raise DataError(
                f"{source}: {number} rows of the response "
                f"{self.specification.response} for {self.specification.formula}",
                f"give at least {FEWEST_ROWS} trades of that kind, with their side "
                "unless the response is absolute.",
            )
        means = self.connection.sql(
            f"select security, avg({spread}) as spread, avg({age}) as seasoning "
            "from rows_ group by security order by security"
        ).df()
        dates = self.connection.sql(
            "select distinct date from rows_ order by date"
        ).df()
        number, sd, center, age_center, *groups, known, largest = found
        if not sd > NOTHING_VARIES * largest:
            raise DataError(
                f"{source}: the response {self.specification.response} is {largest:g} "
                f"in all {number} rows",
                "give deviations from fair values as they were measured: nothing can "
                "be learned from a constant.",
            )
        spread_deciles, seasoning, benchmark, relative = (
            np.asarray(x if x is not None else [0.0, 0.0]) for x in groups
        )
        variance = None
        if self.specification.response == SIGNED and known == number:
            variance = signed_variance(self.connection, sd**2)
            sd = np.sqrt(variance.own)
        return Levels(
            means["security"].tolist(),
            dates["date"].tolist(),
            int(number),
            float(sd),
            float(center),
            float(age_center),
            spread_deciles,
            seasoning,
            benchmark,
            relative,
            means.set_index("security") - [center, age_center],
            variance,
        )


def _labels() -> tuple[str, ...]:
    edges = [f"{edge:g}" for edge in VOLUME_EDGES_MUSD]
    between = [f"{a}-{b}" for a, b in pairwise(edges)]
    return f"under {edges[0]}", *between, f"over {edges[-1]}"


VOLUME_BINS = _labels()
"""USD million."""


def _bin_sql() -> str:
    cases = " ".join(
        f"when volume_musd < {edge} then {k}"
        for k, edge in enumerate(VOLUME_EDGES_MUSD)
    )
    return f"case {cases} else {len(VOLUME_EDGES_MUSD)} end"


def with_regressors(frame: pd.DataFrame, levels: Levels, response: str) -> pd.DataFrame:
    """Rows with the regressors of formulas beside the columns that they come from.

    Parameters
    ----------
    frame : DataFrame
        ``security`` and `NUMBERS`.
    levels : Levels
    response : str
        Of ``joint`` spread and seasoning are logarithms.
    """
    spread, age = frame["indicative_spread_bp"], frame["age_years"]
    if response == JOINT:
        spread, age = np.log(spread), np.log1p(age)
    means = levels.security_means.reindex(frame["security"])
    edges = np.asarray(VOLUME_EDGES_MUSD)
    volume_bin = np.searchsorted(edges, frame["volume_musd"], side="right")
    regressors: dict[str, Any] = {
        "spread": spread - levels.spread_center,
        "seasoning": age - levels.seasoning_center,
        "spread_mean": means["spread"].to_numpy(),
        "seasoning_mean": means["seasoning"].to_numpy(),
        "illiquidity": frame["benchmark_illiquidity"],
        "log_dollar_duration": np.log(frame["dollar_duration"] / 450.0),
        "log_gap": np.log(frame["gap_hours"] + 0.25),
        "log_maturity": np.log(frame["maturity_years"] / 5.0),
        "volume_bin": pd.Categorical.from_codes(
            volume_bin.tolist(), pd.Index(VOLUME_BINS)
        ),
    }
    if response == JOINT and "other_spread" in frame:
        regressors["other_spread"] = np.log(frame["other_spread"] + 0.01)
    for name, column, at in (
        ("benchmark_group", "benchmark_illiquidity", levels.benchmark_terciles),
        ("relative_group", "relative_illiquidity", levels.relative_terciles),
    ):
        codes = np.searchsorted(at, frame[column]).tolist()
        regressors[name] = pd.Categorical.from_codes(codes, pd.Index(GROUPS))
    return frame.assign(**regressors)
