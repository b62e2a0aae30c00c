"""Figures: what they show, in which units, and how a failed fit is marked."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from analysis.every_model.checks import (
    AUTOCORRELATION,
    CALIBRATION,
    POSTERIOR_PREDICTIVE,
    PRIOR_POSTERIOR,
    PRIOR_PREDICTIVE,
    RANK,
    TRACE,
)
from analysis.every_model.figures_calibration import ecdf_difference
from analysis.every_model.figures_predictive import prior_beside_posterior
from analysis.page.exhibit import Exhibit, figure_of, items_of, of_subject
from analysis.page.section import ReportFigure
from analysis.page.style import (
    ENCODERS,
    SHADE_STEP,
    WIDTH_INCHES,
    png_bytes,
    write_figure,
)
from analysis.price_pressure.data import EXPOSURES, INVENTORIES
from analysis.price_pressure.discovery import RESPONSE
from analysis.price_pressure.dynamics import EFFICIENT_YIELD, SMOOTHED_FACTORS
from analysis.price_pressure.pressure import (
    PRESSURE_THROUGH_TIME,
    price_pressure_bp,
)
from analysis.price_pressure.pressure_of_fits import PRESSURE_OF_FITS
from tests.price_pressure.traces import random_fit

VARIANT = "cash-futures-order-flow"

UNITS = (
    (INVENTORIES, "USD billion"),
    (EXPOSURES, "USD million per bp"),
    (PRESSURE_THROUGH_TIME, "basis points"),
    (RESPONSE, "basis points"),
    (SMOOTHED_FACTORS, "basis points"),
    (EFFICIENT_YIELD, "basis points"),
    (PRIOR_POSTERIOR, "prior standard deviations"),
    (PRIOR_PREDICTIVE, "(bp)"),
    (POSTERIOR_PREDICTIVE, "(bp)"),
    (CALIBRATION, "density"),
    (AUTOCORRELATION, "lag (weeks)"),
    (TRACE, "draw"),
    (RANK, "rank"),
)


def _drawn(exhibit: Exhibit, *failures: str) -> Figure:
    fit = random_fit(VARIANT, failures)
    (item,) = items_of(of_subject([exhibit], fit, fit.warning))
    assert isinstance(item, ReportFigure)
    return item.drawn()


def _words(figure: Figure) -> str:
    texts = [figure.get_supxlabel()]
    for axes in figure.axes:
        texts += [axes.get_ylabel(), axes.get_xlabel(), axes.get_title("left")]
    return " ".join(texts)


@pytest.mark.parametrize(
    ("exhibit", "unit"), UNITS, ids=lambda x: getattr(x, "name", "")
)
def test_unit_is_on_a_figure_that_fits_a_text_column(
    exhibit: Exhibit, unit: str
) -> None:
    figure = _drawn(exhibit)
    assert unit in _words(figure)
    width, height = figure.get_size_inches()
    assert width == WIDTH_INCHES
    assert height <= 9


def test_price_pressure_is_coefficient_times_dv01() -> None:
    fit = random_fit("cash-futures-inventory")
    pressure = price_pressure_bp(fit).sel(inventory_market="cash", tenor=10)
    coefficient = fit.posterior["price_pressure"].sel(inventory_market="cash", tenor=10)
    dv01 = fit.panel["dv01_musd"].sel(market="cash", tenor=10)
    expected = dv01.to_numpy()[3] * coefficient.to_numpy().ravel()
    np.testing.assert_allclose(pressure.isel(week=3), expected)


def test_missing_market_is_named_on_the_figure() -> None:
    fit = random_fit(VARIANT)
    tree = fit.tree.copy()
    panel = tree["panel"].to_dataset()
    inventory = panel["inventory_busd"]
    panel["inventory_busd"] = inventory.where(inventory["market"] == "cash")
    tree["panel"] = panel
    figure = figure_of(INVENTORIES, replace(fit, tree=tree))
    for axes in figure.axes:
        assert [text.get_text() for text in axes.texts] == [
            "no futures positions in this panel"
        ]


def test_forest_has_a_row_for_each_fit_and_market() -> None:
    fits = [random_fit("net-inventory"), random_fit("cash-futures-inventory")]
    figure = figure_of(PRESSURE_OF_FITS, fits)
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == [
        "net-inventory: net",
        "cash-futures-inventory: cash",
        "cash-futures-inventory: futures",
    ]


def test_parameter_as_wide_as_its_prior_looks_so() -> None:
    fit = random_fit("net-inventory")
    tree = fit.tree.copy()
    tree["prior"] = fit.group("posterior")
    frame = prior_beside_posterior(replace(fit, tree=tree))
    np.testing.assert_array_equal(frame["prior_lower_95"], frame["posterior_lower_95"])
    np.testing.assert_allclose(frame["posterior_mean"], 0, atol=1e-12)


def leaves_envelope(pit: np.ndarray) -> bool:
    _, difference, lower, upper = ecdf_difference(pit)
    return bool(((difference < lower) | (difference > upper)).any())


def test_uniform_values_stay_inside_the_envelope_and_skewed_ones_leave_it() -> None:
    uniform = np.random.default_rng(0).uniform(size=400)
    assert not leaves_envelope(uniform)
    assert leaves_envelope(uniform**1.5)


def test_envelope_covers_uniform_samples_at_its_rate() -> None:
    rng = np.random.default_rng(1)
    share = np.mean([leaves_envelope(rng.uniform(size=100)) for _ in range(400)])
    # 0.05 with a binomial standard error of 0.011, three of them either way, and the
    # envelope itself simulated to about 0.007.
    assert 0.01 < share < 0.10


def test_difference_starts_and_ends_at_zero() -> None:
    points, difference, _, _ = ecdf_difference(np.linspace(0.01, 0.99, 50))
    assert (points[0], points[-1]) == (0, 1)
    assert (difference[0], difference[-1]) == (0, 0)


def test_failed_fit_carries_a_banner_across_the_figure() -> None:
    failed = _drawn(PRESSURE_THROUGH_TIME, "bad")
    assert failed.get_suptitle().startswith("DIAGNOSTICS FAILED")
    assert _drawn(PRESSURE_THROUGH_TIME).get_suptitle() == ""


def test_banner_overlaps_neither_axes_nor_legend() -> None:
    figure = _drawn(PRIOR_POSTERIOR, "bad")
    figure.draw_without_rendering()
    banner = figure._suptitle.get_window_extent()
    others = [*figure.axes, *figure.legends]
    assert all(not banner.overlaps(one.get_window_extent()) for one in others)


def test_figure_is_written_as_png_and_pdf_for_print(tmp_path: Path) -> None:
    figure = figure_of(EXPOSURES, random_fit(VARIANT))
    png, pdf = write_figure(figure, tmp_path, "figure_x")
    with Image.open(png) as image:
        assert image.size[0] >= 200 * WIDTH_INCHES
        assert round(image.info["dpi"][0]) >= 200
    assert pdf.read_bytes().startswith(b"%PDF")
    assert b"/Type /Font" in pdf.read_bytes()


@pytest.mark.parametrize("kind", ENCODERS)
def test_same_figure_gives_the_same_bytes(kind: str) -> None:
    first, second = (
        ENCODERS[kind](figure_of(EXPOSURES, random_fit(VARIANT))) for _ in range(2)
    )
    assert first == second


def test_divergent_draws_are_marked_on_the_trace() -> None:
    fit = random_fit("net-inventory")
    tree = fit.tree.copy()
    statistics = tree["sample_stats"].to_dataset().copy(deep=True)
    statistics["diverging"][1, 17] = True
    tree["sample_stats"] = statistics
    figure = figure_of(TRACE, replace(fit, tree=tree))
    marks = figure.axes[0].lines[-1]
    np.testing.assert_array_equal(marks.get_xdata(), [17])


def test_png_keeps_the_colours_of_paper_and_lines() -> None:
    data = png_bytes(figure_of(EXPOSURES, random_fit(VARIANT)))
    with Image.open(BytesIO(data)) as image:
        paper = image.getpixel((0, 0))
        colours = {colour for _, colour in image.getcolors(1 << 24)}
    assert paper == (255, 255, 255)
    for wanted in ((0, 114, 178), (213, 94, 0)):
        distance = [
            max(abs(a - b) for a, b in zip(wanted, c, strict=True)) for c in colours
        ]
        assert min(distance) <= SHADE_STEP / 2
