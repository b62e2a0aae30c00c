"""Report sections on liquidity regimes and on the threshold regression."""

from dataclasses import replace
from pathlib import Path

import pytest

from analysis.every_model import checks
from analysis.families import MODEL_REPORTS
from analysis.fit import Fit
from analysis.liquidity_regimes.section import (
    liquidity_regimes_section,
    threshold_regression_section,
)
from analysis.page.section import ReportFigure, Section
from analysis.report import load_fit, sections_of, write_report
from data.errors import DataError
from inference.store import write_trace
from tests.liquidity_regimes.traces import (
    random_fit,
    random_tree,
    threshold_fit,
    threshold_tree,
)


def _stems(section: Section) -> list[str]:
    return [item.file_stem for block in section.blocks for item in block.items]


@pytest.mark.long
def test_every_item_of_both_sections_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What every model shares is drawn by the tests of price pressure.
    monkeypatch.setattr(checks, "CHECK_FIGURES", (checks.CALIBRATION,))
    fits = [threshold_fit(), random_fit(failures=("bad",))]
    written = write_report(fits, tmp_path)
    page = written.page.read_text(encoding="utf-8")
    assert all(path.stat().st_size > 0 for path in written.files)
    for words in (
        "Liquidity regimes and fragility",
        "threshold regression",
        "figure_fragility__IV-depth",
        "table_3_depth_transitions__IV-depth",
        "table_1_threshold_regression__threshold",
        "DIAGNOSTICS FAILED (IV-depth",
    ):
        assert words in page
    assert [fit.name for fit in written.failed] == ["IV-depth"]
    for path in (tmp_path / "tables").glob("*.tex"):
        assert path.read_text().isascii(), path.name


@pytest.fixture(scope="module")
def section() -> Section:
    """Section of a depth-driven and of a constant fit, the first without the truth."""
    fit = random_fit()
    tree = fit.tree.copy()
    tree["panel"] = fit.panel.drop_vars("simulated_state")
    return liquidity_regimes_section(
        [replace(fit, tree=tree), random_fit("II-constant")]
    )


def test_items_are_named_after_functions_and_unique(section: Section) -> None:
    for block in section.blocks:
        for item in block.items:
            prefix = "figure_" if isinstance(item, ReportFigure) else "table_"
            assert item.stem.startswith(prefix)
    stems = _stems(section)
    assert len(stems) == len(set(stems))


def test_fragility_by_depth_is_drawn_only_where_depth_plays_a_part(
    section: Section,
) -> None:
    stems = _stems(section)
    assert "figure_fragility__IV-depth" in stems
    assert "figure_fragility__II-constant" not in stems
    assert "table_fragility__II-constant" in stems


def test_forecasts_are_scored_only_where_the_states_are_known(
    section: Section,
) -> None:
    stems = _stems(section)
    assert "figure_state_calibration__II-constant" in stems
    assert "table_state_forecast__II-constant" in stems
    assert "figure_state_calibration__IV-depth" not in stems
    assert "table_state_forecast__IV-depth" not in stems


def test_forecasts_of_other_states_than_the_simulated_are_left_out_aloud() -> None:
    fit = random_fit("II-constant")
    tree = fit.tree.copy()
    simulated = fit.panel["simulated_state"]
    panel = fit.panel.assign(simulated_state=simulated.clip(max=2))
    tree["panel"] = panel
    section = liquidity_regimes_section([replace(fit, tree=tree)])
    (block,) = [b for b in section.blocks if b.title.startswith("Fragility")]
    assert "simulated with 2 states and this fit has 3" in block.text
    assert "table_state_forecast__II-constant" not in _stems(section)


def _without(fit: Fit, *groups: str) -> Fit:
    tree = fit.tree.copy()
    for group in groups:
        del tree[group]
    return replace(fit, tree=tree)


def test_missing_scores_and_searches_are_said_and_not_shown() -> None:
    fit = _without(random_fit("II-constant"), "leave_future_out", "starts")
    without = liquidity_regimes_section([fit])
    (block,) = [b for b in without.blocks if b.title == "Comparison of fits"]
    assert "not ranked" in block.text
    assert "table_starts" not in _stems(without)


def test_variants_of_the_same_data_are_ranked(section: Section) -> None:
    assert section.findings[-1].title == "Comparison of variants"
    assert "trading days" in section.findings[-1].sentences[0]


def test_threshold_regression_has_a_section_of_its_own() -> None:
    section = threshold_regression_section([threshold_fit()])
    assert "table_1_threshold_regression__threshold" in _stems(section)
    assert "figure_threshold_regression__threshold" in _stems(section)


def test_items_that_two_models_share_carry_the_models_name() -> None:
    fits = [threshold_fit(), random_fit("II-constant")]
    sections = sections_of(fits)
    stems = [stem for section in sections for stem in _stems(section)]
    assert len(stems) == len(set(stems))
    assert "table_fits__liquidity-regimes" in stems
    assert "table_fits__threshold-regression" in stems
    assert "table_starts__liquidity-regimes" in stems
    assert "table_starts__threshold-regression" in stems


@pytest.mark.parametrize(
    ("model", "tree"),
    [
        ("liquidity-regimes", random_tree(draws=150)),
        ("threshold-regression", threshold_tree(draws=150)),
    ],
)
def test_stored_trace_is_judged_and_reported(
    model: str, tree: object, tmp_path: Path
) -> None:
    path = tmp_path / "trace.nc"
    write_trace(tree, path)
    fit = load_fit(path)
    assert fit.failures == ()
    assert fit.description is MODEL_REPORTS[model].description
    assert fit.span.endswith("300 trading days")


def test_trace_without_states_cannot_be_reported(tmp_path: Path) -> None:
    tree = random_tree(draws=150)
    del tree["regimes"]
    path = tmp_path / "trace.nc"
    write_trace(tree, path)
    with pytest.raises(DataError, match="lacks the group regimes"):
        load_fit(path)
