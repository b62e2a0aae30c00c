"""Tables, figures and findings of the joint model."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analysis.half_life.joint_half_lives import (
    AVERAGE,
    JOINT_EFFECTS,
    JOINT_HALF_LIFE_BY_TENOR,
    effects,
    half_lives,
)
from analysis.half_life.joint_section import joint_decay_section
from analysis.half_life.joint_shocks import (
    SHOCKS,
    SHOCKS_BY_TENOR,
    is_placebo,
    shocks_of,
)
from analysis.page.exhibit import figure_of, table_of
from analysis.page.style import WIDTH_INCHES
from tests.half_life.joint_traces import random_joint_fit

TENORS = [2, 5, 10, 20]


def both():
    return [random_joint_fit(), random_joint_fit(placebo=True)]


def test_a_placebo_is_known_by_its_events():
    assert [is_placebo(fit) for fit in both()] == [False, True]


def test_effects_are_hazard_ratios():
    frame = effects(random_joint_fit())
    assert list(frame["label"]) == ["dealer HHI", "ATS share"]
    assert_allclose(frame["hazard_ratio_lower_95"], np.exp(frame["lower_95"]))
    assert table_of(JOINT_EFFECTS, random_joint_fit()).display.shape == (2, 6)


def test_half_lives_fall_where_a_covariate_hastens():
    frame = half_lives(random_joint_fit())
    mean = frame.pivot_table("mean", "tenor", ["covariate", "quantile"])
    assert (mean["ats_share", 0.9] < mean["ats_share", 0.1]).all()
    assert (mean["dealer_hhi", 0.9] > mean["dealer_hhi", 0.1]).all()
    average = frame[frame["at"] == AVERAGE]
    assert len(average) == len(TENORS)
    # The median at average covariates, apart from effects of events around 0.
    assert_allclose(average["mean"], 4.0, rtol=0.1)


def test_days_with_events_are_held_against_all_others():
    fit = random_joint_fit()
    frame = shocks_of(fit).set_index("tenor")
    change = fit.panel["basis_bp"].sel(tenor=5).to_numpy()
    squared = np.diff(change) ** 2
    on = (fit.panel["event_types"].sel(tenor=5).to_numpy() != "")[1:]
    known = np.isfinite(squared)
    assert_allclose(frame.loc[5, "event_days"], squared[known & on].mean())
    assert_allclose(frame.loc[5, "other_days"], squared[known & ~on].mean())
    # Shocks of twelve basis points on top of changes of two.
    assert (frame["difference"] > 2 * frame["standard_error"]).all()


def test_tables_hold_placebos_beside_events():
    display = table_of(SHOCKS, both()).display
    assert list(display["Days"].unique()) == ["events", "placebo"]
    assert len(display) == 2 * len(TENORS)
    assert len(half_lives(random_joint_fit())) == 5 * len(TENORS)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figure_of(JOINT_HALF_LIFE_BY_TENOR, random_joint_fit()),
        lambda: figure_of(SHOCKS_BY_TENOR, both()),
    ],
    ids=["half-life", "shocks"],
)
def test_figures_are_as_wide_as_the_text(draw):
    figure = draw()
    assert figure.get_figwidth() == WIDTH_INCHES
    assert figure.axes[0].get_xlabel().endswith(")")


def test_the_section_says_what_is_settled_and_asks_for_a_placebo():
    section = joint_decay_section([random_joint_fit()])
    words = " ".join(section.findings[0].sentences)
    assert "Dislocations close slower with more dealer HHI (log" in words
    assert "faster with more ATS share (log" in words
    assert "moves more on event days than on others at 2, 5, 10 and 20 years" in words
    assert "--placebo-seed" in section.blocks[1].text
    assert "--placebo-seed" not in joint_decay_section(both()).blocks[1].text


def test_nothing_is_concluded_from_a_fit_that_failed():
    section = joint_decay_section([random_joint_fit(failures=("R-hat 1.2",))])
    assert section.findings[0].is_warning
