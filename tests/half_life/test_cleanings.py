"""Fits that differ in the cleaning of transactions alone, side by side."""

import numpy as np
import pytest

from analysis.half_life.cleanings import (
    BY_CLEANING,
    CLEANINGS,
    SPREAD,
    cleaning_groups,
    cleaning_spread,
    compare_cleanings,
)
from analysis.half_life.section import half_life_section
from analysis.page.exhibit import figure_of, of_subject, sentences_of, table_of
from analysis.page.table import NOT_AVAILABLE
from tests.half_life.traces import half_life_fit, random_half_life_tree

HAZARD = "proportional-hazard"
SHIFTS = {"workbench, finra": 0.0, "wrds": -0.5, "truth": 0.3}


def fits(shifts=SHIFTS):
    """Fits of the same events; the coefficient of ATS share is moved by a shift."""
    made = []
    for name, shift in shifts.items():
        tree = random_half_life_tree(HAZARD)
        tree.attrs["cleaning"] = name
        posterior = tree["posterior"].to_dataset()
        is_ats = posterior["covariate"] == "ats_share"
        moved = posterior["coefficient"] + shift * is_ats
        tree["posterior"] = posterior.assign(coefficient=moved)
        made.append(half_life_fit(tree, name.replace(", ", "-")))
    return made


def test_fits_of_one_cleaning_or_of_none_are_no_comparison():
    alone = fits({"wrds": 0.0})
    none = fits({"": 0.0})
    assert cleaning_groups([*alone, *none]) == []
    assert [len(group) for group in cleaning_groups([*fits(), *none])] == [3]


def test_fits_of_other_half_lives_are_not_compared():
    one, other, _ = fits()
    days = other.panel["half_life_days"].copy()
    days[0, 0] = 12 - days[0, 0]
    other.tree["panel"] = other.panel.assign(half_life_days=days)
    again = half_life_fit(other.tree, "other")
    assert cleaning_groups([one, again]) == []


def test_the_spread_is_between_cleanings_and_not_the_truth():
    frame = compare_cleanings(fits())
    spread = cleaning_spread(frame)
    of_ats = spread.loc["ats_share"]
    # Both posteriors are the same draws, moved by half a unit.
    assert of_ats["spread"] == pytest.approx(0.5)
    assert of_ats["lowest_cleaning"] == "wrds"
    assert of_ats["highest_cleaning"] == "workbench, finra"
    within = frame.loc[frame["covariate"] == "ats_share", "sd"].iloc[0] ** 2
    assert of_ats["cleaning_share"] == pytest.approx(0.25**2 / (0.25**2 + within))
    assert (spread.drop("ats_share")["cleaning_share"] == 0.0).all()


def sentences(made):
    return list(sentences_of(of_subject([CLEANINGS], made)))


def test_words_name_what_depends_on_the_cleaning():
    first, second = sentences(fits())
    assert "most depends on the rules for ATS share" in first
    assert "(wrds)" in first
    assert "(workbench, finra)" in first
    assert second.endswith("depends on the cleaning for ATS share.")
    same = sentences(fits({"workbench": 0.0, "wrds": 0.0}))
    assert "depends on no cleaning" in same[1]


def test_one_cleaning_beside_the_truth_spreads_over_nothing():
    made = fits({"wrds": 0.0, "truth": 0.3})
    display = table_of(CLEANINGS, made).display.set_index("Cleaning")
    assert (display.loc[SPREAD] == NOT_AVAILABLE).all()


def test_of_a_fit_that_failed_nothing_is_said():
    one, other, failed = fits()
    failed = half_life_fit(failed.tree, failed.name, ("R-hat 1.2",))
    (shown,) = of_subject([CLEANINGS], [one, other, failed])
    assert len(set(shown.frame["cleaning"])) == 3
    assert "(workbench, finra)" in next(iter(shown.sentences()))
    (alone,) = of_subject([CLEANINGS], [one, failed])
    assert list(alone.sentences()) == []


def test_the_section_shows_a_comparison_and_one_fit_in_full():
    made = fits()
    section = half_life_section(made)
    titles = [block.title for block in section.blocks]
    assert "How much depends on the cleaning of transactions" in titles
    assert [title for title in titles if title.startswith("Estimates")] == [
        "Estimates: workbench-finra"
    ]
    assert [f.title for f in section.findings].count(
        "What depends on the cleaning"
    ) == 1


def test_the_table_has_a_row_a_cleaning_and_the_figure_a_mark():
    made = fits()
    table = table_of(CLEANINGS, made)
    assert list(table.display["Cleaning"])[:4] == [*SHIFTS, SPREAD]
    assert table.display["ATS share"][3] == "0.50"
    (axes,) = figure_of(BY_CLEANING, made).axes
    drawn = [line for line in axes.lines if line.get_label() in SHIFTS]
    assert [line.get_label() for line in drawn] == list(SHIFTS)
    num_covariates = made[0].posterior.sizes["covariate"]
    assert {len(line.get_xdata()) for line in drawn} == {num_covariates}
    heights = np.concatenate([line.get_ydata() for line in drawn])
    assert len(np.unique(heights.round(6))) == len(SHIFTS) * num_covariates
