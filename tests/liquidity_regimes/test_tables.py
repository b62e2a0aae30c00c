"""Tables of the liquidity models: beside the paper, without claiming too much."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.every_model.tables_comparison import of_fits
from analysis.every_model.tables_starts import STARTS
from analysis.fit import Fit
from analysis.liquidity_regimes.estimates import (
    has_published_counterpart,
    regimes_beside_published,
    threshold_r2,
    thresholds_beside_published,
)
from analysis.liquidity_regimes.fragility_exhibits import FRAGILITY
from analysis.liquidity_regimes.moves import (
    EXPECTED_DURATIONS,
    TRANSITION_COUNTS,
    TRANSITION_MATRICES,
    transitions_at_depths,
)
from analysis.liquidity_regimes.regimes import (
    CONSTANT_TRANSITIONS,
    DEPTH_TRANSITIONS,
    SIDE_BY_SIDE,
    published_sentence,
)
from analysis.liquidity_regimes.threshold import THRESHOLDS
from analysis.page.exhibit import Exhibit, items_of, of_fit, table_of
from analysis.page.table import Table, unbroken
from data.liquidity_regimes.columns import ONLY_SECURITY
from inference.checks.diagnostics import NOT_INFORMED
from tests.liquidity_regimes.traces import random_fit, threshold_fit


def _table(fit: Fit, *exhibits: Exhibit) -> Table:
    (shown,) = of_fit(exhibits, fit)
    assert isinstance(shown.item, Table)
    return shown.item


def _regimes(fit: Fit) -> Table:
    return _table(fit, CONSTANT_TRANSITIONS, DEPTH_TRANSITIONS)


def _row(frame: pd.DataFrame, parameter: str, state: str, term: str) -> pd.Series:
    found = frame[
        (frame["parameter"] == parameter)
        & (frame["state"] == state)
        & (frame["term"] == term)
    ]
    return found.iloc[0]


def test_estimates_stand_beside_those_of_table_three() -> None:
    frame = regimes_beside_published(random_fit())
    row = _row(frame, "price_impact_slope", "1", "VV")
    assert (row["estimate"], row["standard_error"]) == (1.512, 0.092)
    assert row["element"] == "price_impact_slope[1, VV]"
    assert bool(row["published_inside"])
    # The traces are drawn around Model III's row from state 1 to state 3.
    assert not bool(_row(frame, "transition_intercept", "1", "3")["published_inside"])


def test_noise_is_compared_as_a_standard_deviation() -> None:
    fit = random_fit()
    row = _row(regimes_beside_published(fit), "noise_sd", "2", "")
    expected = fit.posterior["noise_sd"].sel(state="2").mean().item()
    assert row["mean"] == pytest.approx(expected)
    assert row["estimate"] == 1.555
    assert row["element"] == "noise_sd[2]"


def test_constant_transitions_stand_beside_table_two() -> None:
    table = _regimes(random_fit("II-constant"))
    assert table.stem == "table_2_constant_transitions"
    assert "beside Table 2" in table.caption
    row = _row(table.frame, "transition_probability", "1", "2")
    assert row["estimate"] == 0.071
    assert "transition_depth_slope" not in table.frame["parameter"].to_numpy()


def test_illegible_estimate_is_not_available() -> None:
    table = _regimes(random_fit("II-depth"))
    row = _row(table.frame, "transition_intercept", "1", "3")
    assert np.isnan(row["estimate"])
    assert row["published_inside"] is None
    shown = table.display.loc[row.name]
    assert (shown["Paper, 10-year"], shown["Paper inside"]) == ("n/a", "n/a")


def test_sign_is_asked_only_where_it_is_open() -> None:
    table = _regimes(random_fit())
    asked = table.display["P(> 0)"] != ""
    expected = (table.frame["parameter"] == "transition_depth_slope") | table.frame[
        "term"
    ].isin(["VV", "CS"])
    np.testing.assert_array_equal(asked, expected)


def test_parameter_that_repeats_its_prior_is_named_in_the_table() -> None:
    fit = random_fit()
    diagnostics = fit.diagnostics.copy()
    diagnostics.loc["transition_intercept[1, 3]", "information"] = NOT_INFORMED
    table = _regimes(replace(fit, diagnostics=diagnostics))
    row = _row(table.frame, "transition_intercept", "1", "3")
    assert table.display.loc[row.name, "Data"] == NOT_INFORMED


def test_specification_without_a_counterpart_has_no_paper_column() -> None:
    fit = random_fit()
    tree = fit.tree.copy()
    chosen = dict(tree.attrs["specification"]) | {"noise": "student-t"}
    tree.attrs = tree.attrs | {"specification": chosen}
    table = _regimes(replace(fit, tree=tree))
    assert "Paper, 10-year" not in table.display
    assert "no such specification" in table.caption


def _of_security(label: str) -> Fit:
    fit = random_fit()
    tree = fit.tree.copy()
    tree["panel"] = fit.panel.assign_coords(security=[label])
    return replace(fit, tree=tree)


@pytest.mark.parametrize("label", ["10y", "10-year", "10YR", "10 years", ONLY_SECURITY])
def test_ten_year_or_unlabelled_security_stands_beside_the_paper(label: str) -> None:
    assert has_published_counterpart(_of_security(label))
    assert "Paper, 10-year" in _regimes(_of_security(label)).display


@pytest.mark.parametrize("label", ["2y", "30y", "110y"])
def test_another_security_does_not_stand_beside_the_ten_year_note(label: str) -> None:
    fit = _of_security(label)
    assert not has_published_counterpart(fit)
    assert regimes_beside_published(fit)["estimate"].isna().all()
    table = _regimes(fit)
    assert "Paper, 10-year" not in table.display
    assert "for the 10-year note only" in table.caption
    assert "10-year note only" in published_sentence(fit, regimes_beside_published(fit))
    assert transitions_at_depths(fit)["published"].isna().all()


def test_models_stand_side_by_side_in_the_order_of_the_paper() -> None:
    fits = [random_fit(), random_fit("II-constant")]
    display = table_of(SIDE_BY_SIDE, fits).display
    expected = ["V, state 1", "VV, state 1", "CS, state 1", "V, state 2"]
    assert display["Of"].tolist()[:4] == [unbroken(label) for label in expected]
    assert display.loc[2, "II-constant"] == ""
    assert display.loc[0, "IV-depth"].startswith("0.16")


def test_failed_fit_is_named_in_the_shared_table() -> None:
    fits = [random_fit(), random_fit("II-constant", ("bad",))]
    (table,) = items_of(of_fits([SIDE_BY_SIDE], [fits]))
    assert "II-constant" in table.warning


def test_threshold_regression_stands_beside_table_one() -> None:
    fit = threshold_fit()
    frame = thresholds_beside_published(fit).set_index("published_name")
    assert frame.loc["threshold_2", "estimate"] == 146.806
    assert frame.loc["beta_3", "standard_error"] == 0.004
    assert frame["published_inside"].tolist()[:5] == [True] * 5
    assert "0.897" in _table(fit, THRESHOLDS).caption


def test_share_explained_is_quoted_with_its_interval() -> None:
    share = threshold_r2(threshold_fit())
    assert share.dims == ("chain", "draw")
    low, high = share.quantile([0.025, 0.975]).to_numpy()
    caption = _table(threshold_fit(), THRESHOLDS).caption
    assert f"{low:.3f} to {high:.3f}" in caption


def test_counts_of_moves_say_what_the_depth_was() -> None:
    fit = random_fit()
    frame = _table(fit, TRANSITION_COUNTS).frame
    assert frame["median"].sum() == pytest.approx(fit.panel.sizes["day"] - 1, rel=0.05)
    path = fit.group("regimes")["most_likely_path"].to_numpy()
    depth = fit.group("constant_data")["depth_musd"].to_numpy()
    row = frame[frame["origin"] == "3"].iloc[0]
    assert row["depth_musd_min"] == depth[path == 3].min()


def test_matrix_beside_the_paper_is_that_of_its_estimates() -> None:
    frame = _table(random_fit(), TRANSITION_MATRICES).frame
    row = frame.query("depth_musd == 10 and origin == '2' and arrival == '1'").iloc[0]
    # "about nine in ten", section 3.3 of the paper.
    assert row["published"] == pytest.approx(0.9, abs=0.02)
    assert row["lower_95"] < row["published"] < row["upper_95"]


def test_constant_transitions_are_shown_once_for_any_depth() -> None:
    fit = random_fit("II-constant")
    for table, rows in (
        (_table(fit, EXPECTED_DURATIONS), 3),
        (_table(fit, FRAGILITY), 3),
    ):
        assert len(table.display) == rows
        assert "any" in table.display.to_numpy()


def test_fragility_says_where_it_extrapolates() -> None:
    fit = random_fit()
    display = _table(fit, FRAGILITY).display
    shown = display[display["Depth (USD million)"] == "10"]
    assert set(shown["Remark"]) == {"depth not met in the sample"}
    assert display.iloc[-1]["State"] == "last day"


def _with_starts_at_best(count: int) -> Fit:
    fit = random_fit()
    tree = fit.tree.copy()
    starts = tree["starts"].to_dataset()
    starts.attrs = {"num_starts": 3, "num_at_best": count}
    tree["starts"] = starts
    return replace(fit, tree=tree)


@pytest.mark.parametrize(("count", "words"), [(3, "all"), (2, "NOT ALL")])
def test_starts_that_ended_apart_are_loud(count: int, words: str) -> None:
    display = table_of(STARTS, [_with_starts_at_best(count)]).display
    assert display.loc[0, "Same mode"] == words


def test_starts_are_told_apart_by_kind() -> None:
    display = table_of(STARTS, [random_fit()]).display
    assert display.loc[0, "Log densities (starts)"] == "−900.0 (2), −912.0 (1)"
    assert display.loc[0, "At the best mode"] == "2"
    assert display.loc[0, "Same mode"] == "NOT ALL"
    assert display.loc[0, "Mass of lesser modes"] == "0.0006%"
    assert display.loc[0, "By kind of start"] == "data-driven 1 of 1, scattered 1 of 2"
