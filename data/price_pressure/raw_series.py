"""The raw folder as the build reads it: every source, sampled on Wednesdays."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from data.errors import DataError
from data.files.raw_files import source_files
from data.market.tenors import TENOR_YEARS
from data.market.weekly import (
    OLDEST_RISK_CURVE,
    observation_dates,
    on_wednesdays,
    wednesdays,
)
from data.price_pressure.bond_terms import (
    CHEAPEST_TO_DELIVER_FILE,
    COUPONS_FILE,
    coupons_on,
    read_cheapest_to_deliver,
    read_coupons,
)
from data.sources.cftc import read_dealer_positions
from data.sources.gsw import (
    read_nelson_siegel_svensson_parameters,
    read_zero_coupon_yields,
)
from data.sources.h15 import read_constant_maturity_yields
from data.sources.primary_dealers import REPORT_FORM, read_net_positions

REQUIRED_SOURCES = ("gsw", "primary-dealers", "h15")
FUTURES_SOURCE = "cftc-tff"


@dataclass(frozen=True)
class WeeklySeries:
    """Every source on the same Wednesdays; all frames share the index ``weeks``.

    Parameters
    ----------
    weeks : DatetimeIndex
        All Wednesdays from the first position of dealers to the end of the panel.
    yields : DataFrame
        Zero-coupon yields of the model, percent, continuously compounded; columns 2, 5,
        10, 20 years.
    yield_dates : Series
        Date of the close that ``yields`` shows each week.
    zero_curve : DataFrame
        Zero-coupon yields that discount payments, columns 1 to 30 years; where a week
        has none, those of the week before.
    svensson : DataFrame
        Parameters of the zero-coupon curve, NaN where they are not given.
    par_yields : DataFrame
        H.15 constant-maturity yields, percent, bond-equivalent; columns in years; where
        a week has none, those of the week before.
    par_yield_dates : Series
        Date of ``par_yields`` where it lies in the same week, else NaT.
    positions : DataFrame
        Dealers' cash positions, USD million at market value; columns 2, 5, 10, 20.
    report_form : Series
        Form that the positions were reported on.
    contracts : DataFrame
        Dealers' futures, contracts long minus short; columns 2, 5, 10, 20.
    coupons : DataFrame
        Coupons of the representative bonds, percent, NaN where not given.
    deliverables : dict of int to DataFrame
        Terms of the cheapest-to-deliver bonds, NaN where not given.
    """

    weeks: pd.DatetimeIndex
    yields: pd.DataFrame
    yield_dates: pd.Series
    zero_curve: pd.DataFrame
    svensson: pd.DataFrame
    par_yields: pd.DataFrame
    par_yield_dates: pd.Series
    positions: pd.DataFrame
    report_form: pd.Series
    contracts: pd.DataFrame
    coupons: pd.DataFrame
    deliverables: dict[int, pd.DataFrame]


def read_weekly_series(raw: Path, end: pd.Timestamp | None) -> WeeklySeries:
    """Read the raw folder and sample it on Wednesdays.

    Parameters
    ----------
    raw : Path
        Folder with one subfolder a source; ``cftc-tff``, ``coupons.csv`` and
        ``cheapest_to_deliver.csv`` may be missing.
    end : Timestamp, optional
        Last day; never later than positions and yields both go.

    Raises
    ------
    DataError
        A source is missing or a file of it cannot be used.
    """
    _require_sources(raw)
    zero_yields = read_zero_coupon_yields(raw / "gsw")
    dealers = read_net_positions(raw / "primary-dealers")
    par_yields = read_constant_maturity_yields(raw / "h15")
    covered = min(dealers.index[-1], zero_yields.dropna(how="all").index[-1])
    weeks = wednesdays(dealers.index[0], min(end or covered, covered))
    model_yields = zero_yields[list(TENOR_YEARS)]
    return WeeklySeries(
        weeks=weeks,
        yields=on_wednesdays(model_yields, weeks),
        yield_dates=observation_dates(model_yields, weeks),
        zero_curve=on_wednesdays(zero_yields, weeks, OLDEST_RISK_CURVE),
        svensson=on_wednesdays(_svensson_parameters(raw / "gsw"), weeks),
        par_yields=on_wednesdays(par_yields, weeks, OLDEST_RISK_CURVE),
        par_yield_dates=observation_dates(par_yields, weeks),
        positions=dealers[list(TENOR_YEARS)].reindex(weeks),
        report_form=dealers[REPORT_FORM].reindex(weeks),
        contracts=on_wednesdays(_contracts(raw / FUTURES_SOURCE), weeks),
        coupons=_coupons(raw / COUPONS_FILE, weeks),
        deliverables=_deliverables(raw / CHEAPEST_TO_DELIVER_FILE, weeks),
    )


def _require_sources(raw: Path) -> None:
    missing = [name for name in REQUIRED_SOURCES if not (raw / name).is_dir()]
    if missing:
        raise DataError(
            f"{raw}: no folder {', '.join(missing)}",
            f"fetch the sources: python -m data fetch {' '.join(missing)} --to {raw}",
        )


def _svensson_parameters(folder: Path) -> pd.DataFrame:
    """Parameters of all files that hold them; yields alone are a complete source too.

    The same files were read for their yields before, so a refusal here means that a
    file has no parameters, and the curve is interpolated for its dates.
    """
    found = [pd.DataFrame(index=pd.DatetimeIndex([], name="date", dtype=_DATE_TYPE))]
    for file in source_files(folder, (".csv", ".parquet")):
        try:
            found.append(read_nelson_siegel_svensson_parameters(file))
        except DataError:
            continue
    joined = pd.concat(found).reindex(columns=_SVENSSON).astype(float)
    return joined[~joined.index.duplicated()].sort_index()


_DATE_TYPE = "datetime64[ns]"
_SVENSSON = ["BETA0", "BETA1", "BETA2", "BETA3", "TAU1", "TAU2"]


def _contracts(folder: Path) -> pd.DataFrame:
    if folder.is_dir():
        return read_dealer_positions(folder)[list(TENOR_YEARS)]
    return _empty(list(TENOR_YEARS))


def _coupons(path: Path, weeks: pd.DatetimeIndex) -> pd.DataFrame:
    given = read_coupons(path) if path.is_file() else _empty(list(TENOR_YEARS))
    return coupons_on(given, weeks)


def _deliverables(path: Path, weeks: pd.DatetimeIndex) -> dict[int, pd.DataFrame]:
    given = read_cheapest_to_deliver(path) if path.is_file() else {}
    columns = ["maturity_years", "coupon_percent", "yield_percent", "conversion_factor"]
    return {
        tenor: on_wednesdays(given.get(tenor, _empty(columns)), weeks)[columns]
        for tenor in TENOR_YEARS
    }


def _empty(columns: list) -> pd.DataFrame:
    index = pd.DatetimeIndex([], name="date", dtype=_DATE_TYPE)
    return pd.DataFrame(index=index, columns=columns, dtype=float)
