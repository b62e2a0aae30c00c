"""Whether the data contradict the model: the checks that enter the verdict.

A check fails only where it is beyond chance *and* of a size that matters. Without the
first a short series fails by noise, without the second a long one by trifles. Chance is
counted over all checks of a fit together (Holm 1979): of a hundred models that are
right, one fails, however many series and statistics are looked at.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from scipy import stats

from inference.checks.prediction_errors import (
    AUTOCORRELATION,
    CALIBRATION,
    CLUSTERED_VOLATILITY,
    OUT_OF_SAMPLE,
    DataCheck,
    out_of_sample_checks,
    prediction_checks,
)
from inference.checks.predictive_checks import (
    PredictiveCheck,
    compare_statistics,
    observed_cells,
)

CHANCE = 0.01
"""Of failing any check of the data when the model is right. The smallest p-values of
the published samples are far below what such a level asks for, so a stricter one would
spare few models, and a looser one would cry wolf in every study of a hundred fits."""

OUTER_SCORE = float(stats.norm.ppf(0.975))
"""Normal score of the ends of a central 95% interval."""

OF_SERIES = frozenset(
    {CALIBRATION, OUT_OF_SAMPLE, AUTOCORRELATION, CLUSTERED_VOLATILITY}
)
"""Aspects of predicted series; the others are titles of statistics."""

SCORED = "leave_future_out"
"""Group of a trace that was scored."""

COLUMNS = list(DataCheck._fields)
NO_CHECKS = pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})

REPORTED = frozenset({CLUSTERED_VOLATILITY})
"""Aspects that are told and do not fail. Volatility that clusters leaves coefficients
and one-step means right. Where it makes probabilities wrong, calibration and the
kurtosis of changes fail; what remains is that intervals are too narrow in turbulent
times and too wide in quiet ones, which is for the reader to weigh."""


@dataclass(frozen=True, kw_only=True)
class FamilyChecks:
    """What the verdict on a trace takes from the family of its model.

    Parameters
    ----------
    predictive : PredictiveCheck
        What replicated data are compared with the data by. Without statistics or
        predictions the data are not looked at, and the verdict says so.
    series_label : callable
        Words for a series of the observed variable, from its coordinates by dimension
        other than time: {"tenor": 10} -> "10-year yield".
    predicts : bool
        Whether the trace holds predictions one step ahead.
    searches : bool
        Whether the posterior mode is searched for; if not, chains start scattered.
    predictive_of_variant : mapping of str to PredictiveCheck
        Variants whose data are others.
    remedies : sequence of (str, str)
        Aspect of the fit -> which variant or option to try where it fails. "" is any
        aspect; of several that hold the first is given.
    """

    predictive: PredictiveCheck
    series_label: Callable[[Mapping[str, Any]], str]
    predicts: bool = True
    searches: bool = True
    predictive_of_variant: Mapping[str, PredictiveCheck] = field(default_factory=dict)
    remedies: Sequence[tuple[str, str]] = ()

    def predictive_check(self, variant: str) -> PredictiveCheck:
        """What replicated data of a variant are compared with the data by."""
        return self.predictive_of_variant.get(variant, self.predictive)

    def remedy(self, failed: Sequence[str]) -> str:
        """What to try where aspects of the fit fail; empty if nothing is known."""
        held = (words for aspect, words in self.remedies if aspect in ("", *failed))
        return next(held, "")


class DataVerdict(NamedTuple):
    """What the data say of the model.

    Attributes
    ----------
    table : DataFrame
        One row a check: the fields of `inference.checks.prediction_errors.DataCheck`,
        ``adjusted_p_value`` (Holm) and ``is_off``, beyond chance and of a size that
        matters.
    failures : tuple of str
        One clause an aspect that fails, as "calibration of the 2-year yield (...)".
    notes : tuple of str
        The same of what is off and does not fail.
    remedy : str
        What to try; empty if nothing fails or nothing is known.
    """

    table: pd.DataFrame
    failures: tuple[str, ...]
    notes: tuple[str, ...]
    remedy: str


def check_data(trace: xr.DataTree, checks: FamilyChecks) -> DataVerdict:
    """Hold a fitted model against the data that it was fitted to.

    Parameters
    ----------
    trace : xr.DataTree
        Trace with groups ``posterior_predictive``, ``observed_data`` and, for a model
        that predicts, ``one_step_ahead``. Of one that was scored, the predictions of
        `SCORED` are looked at too: their parameters saw nothing of what they predict.
    checks : FamilyChecks
        Of the model.
    """
    predictive = checks.predictive_check(str(trace.attrs.get("variant", "")))
    needed = ["observed_data", "posterior_predictive"]
    needed += ["one_step_ahead"] if checks.predicts else []
    lacking = [group for group in needed if group not in trace.children]
    if lacking:
        absent = f"the trace lacks {' and '.join(lacking)} to hold against the data"
        return DataVerdict(_judged(NO_CHECKS), (absent,), (), "")
    if not predictive.statistics and not checks.predicts:
        return DataVerdict(_judged(NO_CHECKS), (), (), "")
    statistics = compare_statistics(trace, predictive, "posterior_predictive")
    broken = _broken_replications(statistics)
    parts = [_replication_checks(statistics, predictive)]
    if checks.predicts:
        predictions = trace["one_step_ahead"].to_dataset()
        found = prediction_checks(predictions, checks.series_label)
        parts.insert(0, pd.DataFrame(found, columns=COLUMNS))
        broken += _broken_predictions(predictions, observed_cells(trace, predictive))
    if SCORED in trace.children:
        found = out_of_sample_checks(trace[SCORED].to_dataset(), checks.series_label)
        parts.append(pd.DataFrame(found, columns=COLUMNS))
    table = _judged(pd.concat(parts, ignore_index=True))
    is_reported = table["aspect"].isin(REPORTED)
    failing = table[table["is_off"] & ~is_reported]
    return DataVerdict(
        table,
        (*broken, *_clauses(failing)),
        tuple(_clauses(table[table["is_off"] & is_reported])),
        checks.remedy(list(failing["aspect"].unique())) if len(failing) else "",
    )


def _broken_predictions(predictions: xr.Dataset, seen: xr.DataArray) -> tuple[str, ...]:
    number = int((seen & ~xr.ufuncs.isfinite(predictions["pit"])).sum())
    if not number:
        return ()
    return (f"{number} predictions of observed values that are not finite numbers",)


def _broken_replications(statistics: pd.DataFrame) -> tuple[str, ...]:
    is_broken = statistics["observed"].notna() & statistics["median"].isna()
    titles = statistics.loc[is_broken, "statistic"].unique()
    return tuple(f"{title} of replications is not a number" for title in titles)


def _replication_checks(
    statistics: pd.DataFrame, check: PredictiveCheck
) -> pd.DataFrame:
    """Each statistic of the data beside its replications, a `DataCheck` a row.

    There are too few of these to count a tail beyond them, so it is taken as that of a
    normal variable whose median and outer quantile, on the side of the data, are those
    of the replications.
    """
    observed, median = statistics["observed"], statistics["median"]
    away = observed - median
    outer = statistics["upper_95"].where(away > 0, statistics["lower_95"]) - median
    # Replications that never vary are met exactly, or missed beyond any chance.
    score = (OUTER_SCORE * away / outer).where(away != 0, 0.0)
    is_scale = statistics["statistic"].isin(list(check.scale_statistics))
    ends = statistics[["observed", "lower_95", "upper_95"]].round(2).astype(str)
    return pd.DataFrame(
        {
            "aspect": statistics["statistic"],
            "label": statistics["label"].astype(str),
            "size": away.abs() / median.abs().where(is_scale, 1.0),
            "limit": statistics["statistic"].map(check.relevant_difference),
            "p_value": 2 * stats.norm.sf(score.abs()),
            "words": ends["observed"]
            + "; replicated "
            + ends["lower_95"]
            + " to "
            + ends["upper_95"],
        }
    )


def _judged(table: pd.DataFrame) -> pd.DataFrame:
    """Add Holm's p-values, over the checks that fail and over those that do not.

    A check without a p-value looks at what was not observed.
    """
    adjusted = pd.Series(np.nan, table.index)
    is_reported, is_counted = table["aspect"].isin(REPORTED), table["p_value"].notna()
    for counted in (is_counted & is_reported, is_counted & ~is_reported):
        adjusted[counted] = _holm(table.loc[counted, "p_value"].astype(np.float64))
    is_off = (adjusted < CHANCE) & (table["size"] > table["limit"])
    return table.assign(adjusted_p_value=adjusted, is_off=is_off)


def _holm(p_values: pd.Series) -> pd.Series:
    """P-values of which the smallest is compared with a level of the whole family.

    statsmodels' `multipletests` does the same, and collects garbage each time, which
    takes a second where a model is in memory.
    """
    ordered = p_values.sort_values()
    weighted = ordered * np.arange(len(ordered), 0, -1)
    return weighted.cummax().clip(upper=1.0)


def _clauses(off: pd.DataFrame) -> Iterator[str]:
    """One clause an aspect; of each series or element the worst number."""
    for aspect, rows in off.groupby("aspect", sort=False):
        worst = rows.loc[rows.groupby("label", sort=False)["size"].idxmax()]
        parts = ", ".join(worst["label"] + " (" + worst["words"] + ")")
        yield f"{aspect}{' of the ' if aspect in OF_SERIES else ': '}{parts}"
