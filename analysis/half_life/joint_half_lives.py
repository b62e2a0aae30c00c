"""How fast what events have moved comes back, and which covariates hasten it."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from analysis.estimates import (
    element_estimates,
    is_settled,
    stacked,
    summarise_draws,
)
from analysis.every_model.findings import joined, range_words
from analysis.every_model.tables_fit import uninformed_parameters
from analysis.fit import Fit
from analysis.half_life.description import covariate_name
from analysis.page.columns import (
    Column,
    answer,
    bounds,
    chance,
    once,
    rounded,
    words,
)
from analysis.page.exhibit import Exhibit, drawn
from analysis.page.style import BLACK, BLUE, VERMILLION, new_figure, shared_legend
from analysis.page.table import INTERVAL_NOTE, interval

QUANTILES = (0.1, 0.9)
"""Of a covariate over the events, at which half-lives are shown."""

AVERAGE = "average covariates"

HALF_LIFE_TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200)

LOW, HIGH = VERMILLION, BLUE
OFFSET = 0.2


def has_covariates(fit: Fit) -> bool:
    """Whether the hazard depends on covariates."""
    return fit.panel.sizes.get("covariate", 0) > 0


def effects(fit: Fit) -> pd.DataFrame:
    """Effects of covariates on the log hazard of halving, one row each.

    Returns
    -------
    DataFrame
        Columns parameter, element, label, those of `summarise_draws`, the ends of the
        hazard ratio's interval, hazard_ratio_lower_95 and hazard_ratio_upper_95,
        diagnostics and is_informed.
    """
    label = fit.description.element_label
    frame = element_estimates(fit.posterior, ["coefficient"], label)
    ratios = {
        f"hazard_ratio_{column}": np.exp(frame[column])
        for column in ("lower_95", "upper_95")
    }
    return frame.assign(
        **ratios,
        diagnostics=fit.verdict,
        is_informed=~frame["element"].isin(uninformed_parameters(fit)),
    )


def _hazard_ratio(frame: pd.DataFrame) -> pd.Series:
    low, high = (frame[f"hazard_ratio_{end}"] for end in ("lower_95", "upper_95"))
    return interval(low, high, 2)


def _effect_sentences(_: Fit, frame: pd.DataFrame) -> Iterable[str]:
    frame = frame[frame["is_informed"]]
    settled = is_settled(frame)
    parts = [_effect_words(row) for _, row in frame[settled].iterrows()]
    open_names = list(frame.loc[~settled, "label"])
    sentence = f"Dislocations close {'; '.join(parts)}. " if parts else ""
    if open_names:
        sentence += f"The sign of {joined(open_names)} is not settled."
    yield sentence.strip()


def _effect_words(row: pd.Series) -> str:
    pace = "faster" if row["mean"] > 0 else "slower"
    return (
        f"{pace} with more {row['label']} (log hazard ratio {range_words(row, 2)} a "
        "standard deviation)"
    )


JOINT_EFFECTS = Exhibit(
    name="table_joint_effects",
    caption="Effect of one standard deviation of each covariate on the hazard of "
    "halving, estimated with the basis and its noise in one likelihood: above 0 a "
    f"dislocation closes faster. {INTERVAL_NOTE} {{fit.name}}, {{fit.span}}.",
    frame=effects,
    columns=(
        words("Covariate", "label"),
        rounded("Log hazard ratio", "mean", 2),
        bounds(2),
        Column("Hazard ratio", _hazard_ratio),
        chance("P(faster)", "probability_positive"),
        answer("Informed by the data", "is_informed"),
    ),
    sentences=_effect_sentences,
    shown=has_covariates,
)


def half_life_draws(fit: Fit, shift: xr.DataArray | float = 0.0) -> xr.DataArray:
    """Median half-life after an event of each tenor, (tenor, sample), trading days.

    Parameters
    ----------
    fit : Fit
        Of the joint model.
    shift : (sample,) DataArray or float
        Added to the log hazard.

    Notes
    -----
    Averaged over the types of events, each as often as it occurs in the tenor.
    """
    panel, posterior = fit.panel, fit.posterior
    weight = panel["mix_weight"].isel(event_mix=panel["mix"])
    by_tenor = weight.groupby(panel["outcome_tenor"]).mean("outcome")
    effect = stacked(posterior["event_tenor_effect"])
    mean_effect = xr.dot(by_tenor, effect, dim="event_tenor")
    log_median = np.log(stacked(posterior["median_half_life_days"]))
    shape = stacked(posterior["shape"])
    draws = np.exp(log_median - (mean_effect + shift) / shape)
    return draws.rename(outcome_tenor="tenor").transpose("tenor", "sample")


def half_lives(fit: Fit) -> pd.DataFrame:
    """Half-life after events by tenor, at average covariates and at quantiles of each.

    Returns
    -------
    DataFrame
        Columns at (words), covariate, quantile, tenor, those of `summarise_draws` but
        the probability, and diagnostics; trading days, medians over events.
    """
    shifts: list[tuple[str, str, float, xr.DataArray | float]] = [
        (AVERAGE, "", np.nan, 0.0)
    ]
    if has_covariates(fit):
        coefficient = stacked(fit.posterior["coefficient"])
        standardized = fit.panel["standardized_covariate"]
        for name in fit.panel["covariate"].to_numpy():
            values = standardized.sel(covariate=name)
            for quantile in QUANTILES:
                at = float(values.quantile(quantile))
                words = f"{covariate_name(str(name))}, {quantile:.0%} quantile"
                shift = at * coefficient.sel(covariate=name, drop=True)
                shifts.append((words, str(name), quantile, shift))
    frames = []
    for words, name, quantile, added in shifts:
        found = summarise_draws(half_life_draws(fit, added)).to_dataframe()
        frames.append(
            found.reset_index().assign(at=words, covariate=name, quantile=quantile)
        )
    frame = pd.concat(frames, ignore_index=True)
    columns = ["at", "covariate", "quantile", "tenor"]
    frame = frame[[*columns, "mean", "sd", "lower_95", "upper_95"]]
    return frame.assign(diagnostics=fit.verdict)


JOINT_HALF_LIVES = Exhibit(
    name="table_joint_half_life",
    caption="Half-life of what an event moves, trading days: median over events of a "
    f"tenor, the other covariates at their averages. {INTERVAL_NOTE} {{fit.name}}, "
    "{fit.span}.",
    frame=half_lives,
    columns=(
        once("Events with", "at"),
        words("Tenor", lambda frame: frame["tenor"].astype(str) + "y"),
        rounded("Mean (days)", "mean", 1),
        bounds(1),
    ),
)


def figure_joint_half_life(_: Fit, frame: pd.DataFrame) -> Figure:
    """Half-life after events by tenor, one panel a covariate, trading days."""
    names = [name for name in frame["covariate"].unique() if name] or [""]
    tenors = list(frame["tenor"].unique())
    columns = min(2, len(names))
    rows = -(-len(names) // columns)
    figure, axes = new_figure(rows, columns, rows * (0.8 + 0.42 * len(tenors)))
    quantiles = sorted(frame["quantile"].dropna().unique())
    for place, name in zip(axes, names, strict=False):
        of_name = frame[frame["covariate"] == name]
        lines = [(frame[frame["at"] == AVERAGE], BLACK, 0.0, AVERAGE)]
        for quantile, color, offset in zip(
            quantiles, (LOW, HIGH), (OFFSET, -OFFSET), strict=False
        ):
            at = of_name[of_name["quantile"] == quantile]
            lines.append((at, color, offset, f"{quantile:.0%} quantile"))
        for line, color, offset, label in lines if name else lines[:1]:
            y = np.arange(len(tenors)) + offset
            place.hlines(y, line["lower_95"], line["upper_95"], color=color, lw=1.2)
            place.plot(line["mean"], y, "o", color=color, markersize=4, label=label)
        place.set_title(covariate_name(name) if name else "")
        place.set_xscale("log")
        low, high = place.get_xlim()
        place.set_xticks([tick for tick in HALF_LIFE_TICKS if low <= tick <= high])
        place.set_xticks([], minor=True)
        place.xaxis.set_major_formatter("{x:g}")
        place.set_yticks(range(len(tenors)), [f"{tenor}-year" for tenor in tenors])
        place.set_ylim(len(tenors) - 0.5, -0.5)
        place.set_xlabel("half-life (trading days, logarithmic)")
    for unused in axes[len(names) :]:
        unused.set_visible(False)
    shared_legend(figure, list(axes[: len(names)]), 3)
    return figure


JOINT_HALF_LIFE_BY_TENOR = drawn(
    figure_joint_half_life,
    "Half-life of what an event moves by tenor, at average covariates and where one "
    "covariate is at its 10% or 90% quantile over the events: posterior mean and 95% "
    "interval.",
    frame=half_lives,
)
