"""What a terminal is shown of posteriors: estimates, comparisons, single exhibits."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.estimates import element_estimates
from analysis.every_model.tables_comparison import (
    MODEL_COMPARISON,
    combined_warning,
)
from analysis.fit import Fit
from analysis.page.columns import bounds, displayed, once, rounded, words
from analysis.page.exhibit import Exhibit, table_of
from analysis.page.numbering import items_of
from analysis.page.section import ReportFigure
from analysis.page.style import write_figure_as
from analysis.page.table import Table, probability
from analysis.page.table_files import write_numbers, write_table_as
from analysis.report import Reports, load_fits, sections_of
from data.errors import DataError

SIGNIFICANT_DIGITS = 2
"""Of the standard deviation: no more of the mean is known."""


def shown_estimates(fit: Fit) -> pd.DataFrame:
    """`element_estimates` of the parameters that the report draws, with information."""
    described = fit.description
    shown = [name for name in described.shown_parameters if name in fit.posterior]
    rows = element_estimates(fit.posterior, shown, described.element_label)
    told = fit.diagnostics["information"].reindex(rows["element"])
    return rows.assign(information=told.to_numpy())


def _decimals(rows: pd.DataFrame) -> pd.Series:
    sd = rows["sd"].where(np.isfinite(rows["sd"]) & (rows["sd"] > 0), 1.0)
    digits = SIGNIFICANT_DIGITS - 1 - np.floor(np.log10(sd))
    return digits.clip(lower=0).astype(int)


def _estimates_laid_out(fit: Fit, frame: pd.DataFrame) -> pd.DataFrame:
    described = fit.description
    named = dict(described.parameter_words)
    prior = element_estimates(
        fit.group("prior"), list(frame["parameter"].unique()), described.element_label
    )
    # Of what cannot be negative, as a standard deviation, no sign is asked.
    has_sign = prior["probability_positive"].between(0, 1, inclusive="neither")
    columns = (
        once("Parameter", lambda frame: frame["parameter"].map(named)),
        words("Of", "label"),
        rounded("Mean", "mean", _decimals),
        rounded("SD", "sd", _decimals),
        bounds(_decimals),
        words(
            "P(> 0)",
            lambda frame: probability(frame["probability_positive"]).where(
                has_sign, ""
            ),
        ),
        words("What the data say", lambda frame: frame["information"].fillna("")),
    )
    return displayed(frame, columns)


SUMMARY = Exhibit(
    name="summary",
    caption="{fit.name} ({fit.variant}, {fit.span}): {fit.judgement.summary}.",
    frame=shown_estimates,
    columns=_estimates_laid_out,
)


def summary(fit: Fit) -> Table:
    """Estimate, interval and sign of every parameter, under the verdict."""
    return table_of(SUMMARY, fit, fit.warning, fit.name)


def changed_estimates(fits: tuple[Fit, Fit]) -> pd.DataFrame:
    """Estimates of the parameters that two fits share.

    Parameters
    ----------
    fits : tuple of two Fit
        The earlier one and the later one, of one model.

    Returns
    -------
    DataFrame
        Columns of `shown_estimates` ending in "_old" and "_new"; shift_in_sd, of the
        mean in posterior standard deviations of the old fit, and sd_ratio.

    Raises
    ------
    DataError
        If they are of different models, or have no parameter in common.
    """
    old, new = fits
    before, after = map(shown_estimates, fits)
    both = before.merge(after, on="element", suffixes=("_old", "_new"))
    if old.model != new.model or both.empty:
        raise DataError(
            f"{old.name} is of {old.model} and {new.name} of {new.model}",
            "Name two traces of one model with parameters in common.",
        )
    both["shift_in_sd"] = (both["mean_new"] - both["mean_old"]) / both["sd_old"]
    both["sd_ratio"] = both["sd_new"] / both["sd_old"]
    return both


def _changes_laid_out(fits: tuple[Fit, Fit], frame: pd.DataFrame) -> pd.DataFrame:
    parameter = words("Parameter", "element")
    change = (
        rounded("Shift (old sd)", "shift_in_sd", 2),
        rounded("New sd / old", "sd_ratio", 2),
    )
    parts = [
        displayed(frame, [parameter]),
        _of_one(fits[0], frame, "_old"),
        _of_one(fits[1], frame, "_new"),
        displayed(frame, change),
    ]
    return pd.concat(parts, axis=1)


def _of_one(fit: Fit, frame: pd.DataFrame, ending: str) -> pd.DataFrame:
    own = frame.filter(regex=f"{ending}$")
    own.columns = own.columns.str.removesuffix(ending)
    mean = rounded(f"{fit.name}: mean", "mean", _decimals)
    return displayed(own, (mean, bounds(_decimals, f"{fit.name}: 95% interval")))


CHANGES = Exhibit(
    name="changes",
    caption="{fit[1].name} ({fit[1].span}) beside {fit[0].name} ({fit[0].span}).",
    frame=changed_estimates,
    columns=_changes_laid_out,
)


def changes(old: Fit, new: Fit) -> Table:
    """What a later fit says of the parameters that an earlier one has too."""
    return table_of(CHANGES, (old, new), combined_warning([old, new]))


def compared(fits: Sequence[Fit]) -> Table:
    """Log scores of fits of the same data, best first.

    Raises
    ------
    DataError
        If a fit has not been scored.
    """
    unscored = [fit.name for fit in fits if not fit.has("leave_future_out")]
    if unscored:
        raise DataError(
            f"not scored yet: {', '.join(unscored)}",
            "Score each with: python -m inference score TRACE",
        )
    return table_of(MODEL_COMPARISON, fits, combined_warning(fits))


def exhibits(
    traces: Sequence[Path], kind: type[Table] | type[ReportFigure], reports: Reports
) -> dict[str, Table | ReportFigure]:
    """Tables or figures that the report of some traces would hold, by name."""
    sections = sections_of(load_fits(traces, reports), reports)
    return {
        item.file_stem: item for item in items_of(sections) if isinstance(item, kind)
    }


def write_exhibit(item: Table | ReportFigure, path: Path) -> None:
    """Write one table or figure in the format that the name of the file says.

    A name that ends in .csv gets the numbers that a figure is drawn from.
    """
    if isinstance(item, Table):
        write_table_as(item, path)
    elif path.suffix.lower() == ".csv" and item.numbers is not None:
        write_numbers(item.numbers(), path)
    else:
        write_figure_as(item.drawn(), path)
