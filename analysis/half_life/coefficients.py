"""Coefficients of the half-life regressions, in hazards and in days."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.estimates import summary_of_one
from analysis.fit import Fit
from analysis.half_life.description import COVARIATE_WORDS, covariate_name
from analysis.half_life.effects import effect_days, has_covariates, inputs_of
from analysis.half_life.notebook_regression import (
    has_notebook_rows,
    notebook_regression,
    standardized_notebook_regression,
)
from analysis.page.columns import answer, chance, displayed, rounded, words
from analysis.page.exhibit import Exhibit
from analysis.page.table import (
    INTERVAL_NOTE,
    NOT_AVAILABLE,
    interval,
    number,
    numbers,
)
from models.half_life.specification import LINEAR

LOG_HAZARD = "log hazard ratio per sd"
DAYS = "days per sd"
LEAST_SQUARES = "least squares, robust"
NOT_IDENTIFIED = "not identified"

OF_COVARIATES = ("transformation", "finding", "variance_inflation")
OF_DIAGNOSTICS = (
    "contraction",
    "shift",
    "prior_sensitivity",
    "likelihood_sensitivity",
    "power_scaling",
    "information",
)

MODEL_WORDS = {
    "proportional-hazard": "Proportional hazard",
    "discrete-weibull": "Discrete Weibull",
    LINEAR: "Bayesian linear",
}


def coefficient_estimates(fits: Sequence[Fit]) -> pd.DataFrame:
    """Coefficients of several fits of one panel, with least squares beside them.

    Parameters
    ----------
    fits : sequence of Fit
        Half-life regressions of the same panel.

    Returns
    -------
    DataFrame
        One row a covariate, fit and unit: columns covariate, fit, variant, unit,
        estimate, std_error, lower_95, upper_95, observations, information,
        diagnostics. Duration models are given as log hazard ratios and in days, both
        per standard deviation of the covariate as it enters; the last rows are those of
        :mod:`analysis.half_life.notebook_regression` on the same scale.
    """
    rows = [row for fit in fits for row in _rows_of(fit)]
    return pd.DataFrame([*rows, *_least_squares_rows(fits[0])])


def num_observations(fit: Fit) -> int:
    """Outcomes behind a fit: for the linear variant those that halved only.

    On average over imputations, where there are several.
    """
    if fit.variant != LINEAR:
        return int(fit.group("observed_data").sizes["outcome"])
    return round(inputs_of(fit).resolved_outcomes)


def _rows_of(fit: Fit) -> list[dict[str, object]]:
    inputs = inputs_of(fit)
    rows = []
    for name in map(str, inputs.covariates.index):
        common = {
            "covariate": name,
            "fit": fit.name,
            "variant": fit.variant,
            "observations": num_observations(fit),
            "information": fit.diagnostics["information"].get(
                f"coefficient[{name}]", ""
            ),
            "diagnostics": fit.verdict,
        }
        draws = {DAYS: effect_days(fit, inputs, name)}
        if fit.variant != LINEAR:
            coefficient = fit.posterior["coefficient"].sel(covariate=name, drop=True)
            draws = {LOG_HAZARD: coefficient} | draws
        for unit, values in draws.items():
            summary = summary_of_one(values)
            rows.append(
                common
                | {
                    "unit": unit,
                    "estimate": summary["mean"],
                    "std_error": summary["sd"],
                    "lower_95": summary["lower_95"],
                    "upper_95": summary["upper_95"],
                }
            )
    return rows


def _least_squares_rows(fit: Fit) -> list[dict[str, object]]:
    """Covariates of the notebook that enter; others have no row."""
    table = standardized_notebook_regression(fit)
    if table.empty:
        return []
    table = table.dropna(subset="is_identified")
    columns = ["estimate", "standard_error", "lower_95", "upper_95"]
    known = table[columns].where(table["is_identified"].astype(bool))
    frame = known.rename(columns={"standard_error": "std_error"}).assign(
        covariate=table["term"],
        fit=LEAST_SQUARES,
        variant=LEAST_SQUARES,
        observations=table["nobs"],
        information=np.where(table["is_identified"], "", NOT_IDENTIFIED),
        diagnostics="",
        unit=DAYS,
    )
    return [dict(row) for _, row in frame.iterrows()]


def _with_intervals(rows: pd.DataFrame, decimals: int) -> list[str]:
    """Text such as "0.25 [0.16, 0.35]"."""
    bounds = interval(rows["lower_95"], rows["upper_95"], decimals)
    cells = numbers(rows["estimate"], decimals) + " " + bounds
    return cells.mask(rows["estimate"].isna(), NOT_IDENTIFIED).tolist()


def _column(frame: pd.DataFrame, fit: str, unit: str, names: list[str]) -> list[str]:
    rows = frame[(frame["fit"] == fit) & (frame["unit"] == unit)]
    cells = dict(zip(rows["covariate"], _with_intervals(rows, 2), strict=True))
    shown = [cells.get(name, NOT_AVAILABLE) for name in names]
    return [*shown, f"{rows['observations'].iloc[0]:,}" if cells else NOT_AVAILABLE]


def _side_by_side(fits: Sequence[Fit], frame: pd.DataFrame) -> pd.DataFrame:
    names = list(dict.fromkeys(frame["covariate"]))
    shown = {"Term": [*map(covariate_name, names), "Observations"]}
    for fit in fits:
        whose = _fit_words(fit, fits)
        if fit is fits[0] and fit.variant != LINEAR:
            heading = f"{whose}: log hazard ratio"
            shown[heading] = _column(frame, fit.name, LOG_HAZARD, names)
        shown[f"{whose}: days"] = _column(frame, fit.name, DAYS, names)
    shown["Robust least squares: days"] = _column(frame, LEAST_SQUARES, DAYS, names)
    information = frame[frame["fit"] == fits[0].name].drop_duplicates("covariate")
    shown["The data say"] = [*information["information"], ""]
    return pd.DataFrame(shown)


def _coefficients_caption(fits: Sequence[Fit], _: pd.DataFrame) -> str:
    return (
        "Coefficients for one standard deviation more of each covariate (of its "
        "logarithm for amounts and counts), with 95% intervals. Log hazard ratio: "
        "positive closes the basis faster; the CSV has it for every model. Days: "
        "change of the expected half-life within the horizon (duration models), or of "
        "the half-life (linear). "
        f"{INTERVAL_NOTE} Least squares: the notebook's regression on the same scale, "
        "events that halved only, HC1 standard errors. Not identified: the rows cannot "
        "tell the covariate from the rest. The data say: how far they moved the prior "
        f"of {fits[0].name}. A constant covariate has no standard deviation: its row "
        "repeats the prior."
    )


COEFFICIENTS = Exhibit(
    name="table_half_life_coefficients",
    caption=_coefficients_caption,
    frame=coefficient_estimates,
    columns=_side_by_side,
)


def _fit_words(fit: Fit, fits: Sequence[Fit]) -> str:
    """Name of the variant, or of the fit where several share a variant."""
    is_only = sum(one.variant == fit.variant for one in fits) == 1
    return MODEL_WORDS[fit.variant] if is_only else fit.name


def _significant(value: float) -> str:
    """Three significant digits, as coefficients span ten orders of magnitude."""
    if not np.isfinite(value):
        return number(value, 0)
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        digits = 2 - int(np.floor(np.log10(abs(value)))) if value else 0
        return number(value, max(0, digits))
    return f"{value:.2e}".replace("-", "−")


def _identified(frame: pd.DataFrame) -> pd.Series:
    return frame["is_identified"].astype(bool)


def _significant_bounds(frame: pd.DataFrame) -> list[str]:
    return [
        f"[{_significant(low)}, {_significant(high)}]"
        for low, high in zip(frame["lower_95"], frame["upper_95"], strict=True)
    ]


NOTEBOOK_COLUMNS = (
    words("Term", lambda frame: frame["term"].map(COVARIATE_WORDS)),
    words("Estimate", lambda frame: frame["estimate"].map(_significant)),
    words("Robust SE", lambda frame: frame["standard_error"].map(_significant)),
    words("95% interval", _significant_bounds),
    rounded("t", "t", 2),
    chance("p", "p"),
    answer("Identified", _identified),
    words("Observations", "nobs"),
)


def _notebook_caption(_: Fit, frame: pd.DataFrame) -> str:
    return (
        "The notebook's linear regression of half-lives in days on the covariates in "
        "their own units and event types by tenors, HC1 standard errors, on the events "
        f"that halved within the horizon (R-squared {number(frame['r2'].iloc[0], 3)}). "
        "Events that did not halve are left out, which shortens every half-life, and "
        "events that share an outcome count several times. Identified: whether the "
        "rows tell the covariate from all else; where not, estimate, error and t-value "
        "are products of the generalised inverse and say nothing. The CSV holds event "
        "types by tenors too."
    )


NOTEBOOK_REGRESSION = Exhibit(
    name="table_notebook_regression",
    caption=_notebook_caption,
    frame=notebook_regression,
    columns=lambda _, frame: displayed(
        frame.dropna(subset="is_identified"), NOTEBOOK_COLUMNS
    ),
    shown=has_notebook_rows,
)


def coefficient_information(fit: Fit) -> pd.DataFrame:
    """How far the data moved the prior of each coefficient, and why not further.

    Parameters
    ----------
    fit : Fit
        Of any half-life regression.

    Returns
    -------
    DataFrame
        One row a covariate: what of it is in the data, and its diagnostics.
    """
    covariates = inputs_of(fit).covariates
    labels = [f"coefficient[{name}]" for name in covariates.index]
    diagnostics = fit.diagnostics.reindex(labels)
    return pd.DataFrame(
        {"covariate": covariates.index.astype(str)}
        | {name: covariates[name].to_numpy() for name in OF_COVARIATES}
        | {name: diagnostics[name].to_numpy() for name in OF_DIAGNOSTICS}
        | {"diagnostics": fit.verdict}
    )


def _inflation(value: float) -> str:
    return "infinite" if np.isinf(value) else number(value, 1)


INFORMATION = Exhibit(
    name="table_coefficient_information",
    caption="What the data told {fit.name} about each coefficient. In the data: "
    "whether the covariate varies and can be told from the others, found before "
    "anything was sampled. Contraction: 1 minus posterior over prior variance; shift: "
    "of the mean, in prior standard deviations; sensitivities: response of the "
    "posterior to power-scaling prior and likelihood.",
    frame=coefficient_information,
    columns=(
        words("Covariate", lambda frame: frame["covariate"].map(covariate_name)),
        words("Enters", "transformation"),
        words(
            "Variance inflation",
            lambda frame: frame["variance_inflation"].map(_inflation),
        ),
        rounded("Contraction", "contraction", 2),
        rounded("Shift (prior sd)", "shift", 2),
        rounded("Prior sensitivity", "prior_sensitivity", 2),
        rounded("Likelihood sensitivity", "likelihood_sensitivity", 2),
        words("The data say", "information"),
        words("Remark", "power_scaling"),
        words("In the data", lambda frame: frame["finding"].replace("", "varies")),
    ),
    shown=has_covariates,
)
