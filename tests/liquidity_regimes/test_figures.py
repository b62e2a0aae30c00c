"""Figures on liquidity regimes: what they show and in which units."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from matplotlib.figure import Figure

from analysis.estimates import stacked
from analysis.every_model.checks import POSTERIOR_PREDICTIVE
from analysis.liquidity_regimes.data import (
    AUTOCORRELATION,
    EPISODES,
    PRICE_IMPACT_AND_DEPTH,
)
from analysis.liquidity_regimes.forecast import STATE_CALIBRATION
from analysis.liquidity_regimes.fragility import fragility
from analysis.liquidity_regimes.fragility_exhibits import FRAGILITY_BY_DEPTH
from analysis.liquidity_regimes.moves import MATRICES_BY_DEPTH
from analysis.liquidity_regimes.states import SMOOTHED_STATES
from analysis.liquidity_regimes.threshold import REGRESSION_LINE, threshold_mean
from analysis.page.exhibit import Exhibit, figure_of
from analysis.page.style import WIDTH_INCHES
from tests.liquidity_regimes.traces import random_fit, threshold_fit

UNITS = (
    (PRICE_IMPACT_AND_DEPTH, "USD million"),
    (AUTOCORRELATION, "lag (trading days)"),
    (EPISODES, "multiple of usual"),
    (MATRICES_BY_DEPTH, "depth (USD million)"),
    (SMOOTHED_STATES, "Probability of each state"),
    (FRAGILITY_BY_DEPTH, "market depth (USD million)"),
    (STATE_CALIBRATION, "forecast probability of state 1"),
)


def _words(figure: Figure) -> str:
    texts = []
    for axes in figure.axes:
        texts += [axes.get_ylabel(), axes.get_xlabel(), axes.get_title("left")]
    return " ".join(texts)


@pytest.mark.parametrize(
    ("exhibit", "unit"), UNITS, ids=lambda x: getattr(x, "name", "")
)
def test_unit_is_on_a_figure_that_fits_a_text_column(
    exhibit: Exhibit, unit: str
) -> None:
    figure = figure_of(exhibit, random_fit())
    assert unit in _words(figure)
    width, height = figure.get_size_inches()
    assert width == WIDTH_INCHES
    assert height <= 9


def test_each_move_has_its_axes() -> None:
    fit = random_fit()
    figure = figure_of(MATRICES_BY_DEPTH, fit)
    titles = [axes.get_title("left") for axes in figure.axes]
    assert titles == [f"{i}→{j}" for i in "123" for j in "123"]


def test_fragility_line_is_the_mean_of_the_draws() -> None:
    fit = random_fit()
    figure = figure_of(FRAGILITY_BY_DEPTH, fit)
    thin, thick, dashed = figure.axes[1].lines[:3]
    depth = thin.get_xdata()[14]
    row = fragility(fit.tree, depth, (5,)).set_index("current_state").loc["2"]
    # Fewer paths of depth, and a mean over 400 draws.
    assert thin.get_ydata()[14] == pytest.approx(row["mean"], abs=0.01)
    assert dashed.get_ydata()[14] == pytest.approx(row["mean_depth_held"])
    # From the least depth of the paper's Figure 4, met or not.
    assert thin.get_xdata()[0] <= 10
    shown = np.isfinite(thick.get_ydata())
    grid = thick.get_xdata()
    outside = fragility(fit.tree, grid, (5,)).query("current_state == '2'")
    np.testing.assert_array_equal(shown, ~outside["outside_state"].to_numpy(bool))


def test_published_lines_are_dotted_only_where_there_is_a_counterpart() -> None:
    fit = random_fit()
    labels = figure_of(FRAGILITY_BY_DEPTH, fit).axes[0].get_legend_handles_labels()[1]
    assert "paper's point estimates, 10-year" in labels
    tree = fit.tree.copy()
    chosen = dict(tree.attrs["specification"]) | {"noise": "student-t"}
    tree.attrs = tree.attrs | {"specification": chosen}
    labels = figure_of(FRAGILITY_BY_DEPTH, replace(fit, tree=tree)).axes[0]
    assert not any("paper" in x for x in labels.get_legend_handles_labels()[1])


def test_days_are_coloured_by_the_most_likely_path() -> None:
    fit = random_fit()
    figure = figure_of(SMOOTHED_STATES, fit)
    dots = figure.axes[2].lines[1]
    path = fit.group("regimes")["most_likely_path"].to_numpy()
    seen = np.isfinite(fit.panel["price_impact"].to_numpy()[:, 0])
    np.testing.assert_array_equal(np.isfinite(dots.get_ydata()), (path == 1) & seen)


def test_episodes_start_from_their_usual_level() -> None:
    figure = figure_of(EPISODES, random_fit())
    depth = figure.axes[0].lines[0]
    at_trough = depth.get_ydata()[list(depth.get_xdata()).index(0)]
    assert at_trough < 1


def test_threshold_line_is_the_slope_of_its_regime_times_volatility() -> None:
    fit = threshold_fit()
    mean = threshold_mean(fit.posterior, np.array([60.0, 120.0, 170.0]))
    slope = stacked(fit.posterior["volatility_slope"]).mean("sample").to_numpy()
    expected = slope * [60.0, 120.0, 170.0]
    np.testing.assert_allclose(mean.mean("sample"), expected)
    figure = figure_of(REGRESSION_LINE, fit)
    assert "volatility (annualised bp)" in _words(figure)


def test_labels_of_several_securities_do_not_overlap() -> None:
    fit = random_fit()
    checks = fit.description.checks
    crowded = replace(
        checks.predictive,
        statistics={"many (%)": lambda values: _repeated(values, 10)},
    )
    description = replace(fit.description, checks=replace(checks, predictive=crowded))
    figure = figure_of(POSTERIOR_PREDICTIVE, replace(fit, description=description))
    figure.draw_without_rendering()
    labels = [label.get_window_extent() for label in figure.axes[0].get_xticklabels()]
    assert not any(left.overlaps(right) for left, right in pairwise(labels))


def _repeated(values: xr.DataArray, times: int) -> xr.DataArray:
    names = [f"10y quantile {place}" for place in range(times)]
    mean = values.mean("day").drop_vars("day", errors="ignore")
    return xr.concat([mean] * times, pd.Index(names, name="label"))
