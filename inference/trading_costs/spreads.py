"""Effective and indicative spreads of the rows of a regression, and errors alone."""

import numpy as np
import pandas as pd
import xarray as xr

from models.trading_costs.observations import VOLUME_BINS, Levels, Observations
from models.trading_costs.specification import JOINT

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

SPREADS = ("effective_bp", "indicative_bp", "improvement_bp", "noise_bp")

OTHER_SPREAD = "other_bp"
"""Effective, of the other segment; where the formula has it."""

LEVELS = ("low", "middle", "high")

MATURITIES = {"under 2 years": 2.0, "2 to 5": 5.0, "5 to 10": 10.0, "over 10": np.inf}
"""Groups of quotes by maturity -> where each ends, years."""

NORMAL_50, NORMAL_95 = 0.67449, 1.95996

COVERAGE = (
    "quotes",
    "median_absolute_bp",
    "rms_bp",
    "stated_sd_bp",
    "inside_50",
    "inside_95",
)

LARGEST_SAMPLE = 1_000_000
"""Rows that quantiles are taken over; of more, some as many, whichever their hash."""


def sample_spreads(observations: Observations, seed: int) -> pd.DataFrame:
    """Rows, or as many as `LARGEST_SAMPLE` of them, with their spreads.

    Parameters
    ----------
    observations : Observations
    seed : int
        Of the errors that are drawn.

    Returns
    -------
    DataFrame
        ``effective_bp``, twice the absolute deviation, as in Sokolinskiy (2025);
        ``indicative_bp``; ``improvement_bp``, the second less the first;
        ``noise_bp``, twice the absolute error of the fair value, one error a row, NaN
        where its standard deviation is not known; and perhaps `OTHER_SPREAD`.
    """
    view = observations.connection.view("rows_")
    step = -(-observations.levels.number // LARGEST_SAMPLE)
    rows = view.filter(f"hash(time, security) % {step} = 0").df()
    scale = 2.0 if observations.specification.response == JOINT else 1.0
    effective = scale * rows["response"].abs()
    indicative = rows["indicative_spread_bp"]
    error_sd = rows["error_sd_bp"].to_numpy(np.float64)
    drawn = np.random.default_rng(seed).standard_normal(len(rows))
    found = rows.assign(
        effective_bp=effective,
        indicative_bp=indicative,
        improvement_bp=indicative - effective,
        noise_bp=2.0 * np.abs(error_sd * drawn),
    )
    return found.rename(columns={"other_spread": OTHER_SPREAD})


def spread_quantiles(rows: pd.DataFrame) -> xr.Dataset:
    """Quantiles of `sample_spreads`, (quantile,), basis points of yield."""
    return xr.Dataset(
        {
            name: ("quantile", np.quantile(values.to_numpy(np.float64), QUANTILES))
            for name, values in _spreads(rows).items()
        },
        {"quantile": [f"{100 * level:g}%" for level in QUANTILES]},
    )


def spreads_by_group(rows: pd.DataFrame, levels: Levels) -> xr.Dataset:
    """Medians over the rows of groups: liquidity, seasoning, size, venue, retail.

    Parameters
    ----------
    rows : DataFrame
        Of `sample_spreads`.
    levels : Levels
        Of all rows.

    Returns
    -------
    (label,) xr.Dataset
        ``rows``, and the medians of the spreads. Groups that all rows belong to are
        left out.
    """
    found: dict[str, pd.Series] = {}
    for prefix, codes, words in _groupings(rows, levels):
        groups = _spreads(rows).groupby(codes)
        medians = groups.median().assign(rows=groups.size())
        if len(medians) > 1:
            labels = [f"{prefix}: {words[int(k)]}" for k in medians.index]
            found |= {x: medians.iloc[i] for i, x in enumerate(labels)}
    return _by_label(pd.DataFrame(found).T)


def _spreads(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[[name for name in (*SPREADS, OTHER_SPREAD) if name in rows]]


def _by_label(table: pd.DataFrame) -> xr.Dataset:
    """Columns of a table along the labels of its rows."""
    return xr.Dataset(
        {name: ("label", table[name].to_numpy(np.float64)) for name in table},
        {"label": table.index.to_numpy(str)},
    )


def _groupings(
    rows: pd.DataFrame, levels: Levels
) -> list[tuple[str, np.ndarray, tuple[str, ...]]]:
    """What groups are of, code of each row, words of each code."""
    thirds = {
        "benchmark illiquidity": ("benchmark_illiquidity", levels.benchmark_terciles),
        "relative illiquidity": ("relative_illiquidity", levels.relative_terciles),
        "years since issue": ("age_years", levels.seasoning_terciles),
    }
    found = [
        (words, np.searchsorted(edges, rows[column].to_numpy(np.float64)), LEVELS)
        for words, (column, edges) in thirds.items()
    ]
    return [
        *found,
        ("face (USD million)", rows["bin"].to_numpy(np.int64), VOLUME_BINS),
        ("venue", rows["ats"].to_numpy(np.int64), ("elsewhere", "ATS")),
        ("retail-sized", rows["retail"].to_numpy(np.int64), ("no", "yes")),
    ]


def fair_value_coverage(observations: Observations) -> xr.Dataset:
    """How far forecasts of indicative mids were off, beside what is said of them.

    Returns
    -------
    (label,) xr.Dataset
        By `MATURITIES` and of all: ``quotes``, ``median_absolute_bp`` error,
        ``rms_bp``, ``stated_sd_bp`` (root mean square), ``inside_50`` and
        ``inside_95``, shares inside normal intervals of the stated standard deviation.
        Empty where none is stated.
    """
    quotes = observations.quotes()
    quotes = quotes[quotes["error_sd_bp"].notna()]
    error = quotes["response"].to_numpy(np.float64)
    sd = quotes["error_sd_bp"].to_numpy(np.float64)
    ends = np.array(list(MATURITIES.values()))
    code = np.searchsorted(ends, quotes["maturity_years"].to_numpy(), side="right")
    rows = {}
    for k, label in enumerate([*MATURITIES, "all"]):
        here = np.full(len(code), True) if label == "all" else code == k
        if not here.any():
            continue
        score = np.abs(error[here] / sd[here])
        rows[label] = {
            "quotes": float(here.sum()),
            "median_absolute_bp": float(np.median(np.abs(error[here]))),
            "rms_bp": float(np.sqrt(np.mean(error[here] ** 2))),
            "stated_sd_bp": float(np.sqrt(np.mean(sd[here] ** 2))),
            "inside_50": float(np.mean(score < NORMAL_50)),
            "inside_95": float(np.mean(score < NORMAL_95)),
        }
    return _by_label(pd.DataFrame(rows, index=list(COVERAGE)).T)
