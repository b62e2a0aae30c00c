"""Findings on liquidity regimes never claim more than the interval."""

from dataclasses import replace

import numpy as np
import xarray as xr

from analysis.every_model.findings import findings_of_exhibits
from analysis.fit import Fit
from analysis.liquidity_regimes import moves, regimes
from analysis.liquidity_regimes.estimates import regimes_beside_published
from analysis.liquidity_regimes.fragility_exhibits import fragility_sentence
from analysis.liquidity_regimes.moves import moves_counted, prior_sentence
from analysis.liquidity_regimes.regimes import slope_sentence
from analysis.liquidity_regimes.section import OF_THRESHOLDS, liquidity_regimes_section
from analysis.liquidity_regimes.states import states_sentence
from analysis.page.exhibit import of_fit
from inference.checks.diagnostics import NOT_INFORMED
from inference.checks.verdict import REMEDIES
from tests.liquidity_regimes.traces import random_fit, threshold_fit


def depth_sentence(fit: Fit) -> str:
    return regimes.depth_sentence(regimes_beside_published(fit))


def surprise_sentence(fit: Fit) -> str:
    return regimes.surprise_sentence(regimes_beside_published(fit))


def published_sentence(fit: Fit) -> str:
    return regimes.published_sentence(fit, regimes_beside_published(fit))


def weak_rows_sentence(fit: Fit) -> str:
    return moves.weak_rows_sentence(fit, moves_counted(fit))


def _with_gamma(centre: float, origin: str, destination: str) -> Fit:
    """A fit whose one depth slope has a deviation of 0.1 around a centre."""
    fit = random_fit()
    tree = fit.tree.copy()
    posterior = tree["posterior"].to_dataset().copy(deep=True)
    draws = np.random.default_rng(1).normal(centre, 0.1, (4, 100))
    place = {"origin": origin, "destination": destination}
    posterior["transition_depth_slope"].loc[place] = draws
    tree["posterior"] = posterior
    return replace(fit, tree=tree)


def test_direction_of_depth_is_stated_only_where_it_is_settled() -> None:
    sentence = depth_sentence(_with_gamma(0.05, "2", "2"))
    settled, unsettled = sentence.split("no settled direction")
    assert "2→2 (probability of a positive sign 0.6" in unsettled
    assert "2→2" not in settled
    assert "fall with depth for 3→2" in settled
    rising = settled.partition("rise with depth for ")[2].partition(";")[0]
    assert "3→2" not in rising


def test_a_move_that_rises_with_depth_is_said_to() -> None:
    sentence = depth_sentence(_with_gamma(1.0, "3", "2"))
    rising = sentence.partition("rise with depth for ")[2].partition(";")[0]
    assert "3→2" in rising


def test_constant_transitions_have_no_depth_sentence() -> None:
    assert depth_sentence(random_fit("II-constant")) == ""


def test_slopes_are_compared_between_the_outer_states() -> None:
    sentence = slope_sentence(random_fit())
    assert "in state 1" in sentence
    assert "1.9 to 2.1 times" in sentence


def test_surprises_are_signed_by_state() -> None:
    sentence = surprise_sentence(random_fit())
    assert "persistence is higher in state 2 and state 3 and lower in state 1" in (
        sentence
    )
    assert surprise_sentence(random_fit("I-constant")) == ""


def test_rare_moves_are_named_with_what_the_prior_decides() -> None:
    fit = random_fit()
    diagnostics = fit.diagnostics.copy()
    rows = ["transition_intercept[2, 3]", "transition_depth_slope[2, 3]"]
    diagnostics.loc[rows, "information"] = [NOT_INFORMED, "informed"]
    diagnostics.loc[rows, "prior_sensitivity"] = [0.31, 0.2]
    fit = replace(fit, diagnostics=diagnostics)
    sentence = weak_rows_sentence(fit)
    assert f"{NOT_INFORMED}, prior sensitivity up to 0.31" in sentence
    assert "2→2" not in sentence
    assert "2→1" not in sentence
    assert "delta 2→3 (0.31) and gamma 2→3 (0.20)" in prior_sentence(fit)


def test_staying_in_a_state_is_no_move_however_rarely_it_happens() -> None:
    fit = random_fit()
    tree = fit.tree.copy()
    regimes = fit.group("regimes")
    path = xr.full_like(regimes["state_path"], 3)
    path[:, ::40] = 1
    tree["regimes"] = regimes.assign(state_path=path)
    sentence = weak_rows_sentence(replace(fit, tree=tree))
    assert "1→2" in sentence
    assert "1→1" not in sentence
    assert "2→2" not in sentence


def test_nothing_is_said_of_the_prior_where_it_takes_no_part() -> None:
    assert prior_sentence(random_fit()) == ""


def test_published_estimates_outside_are_named() -> None:
    sentence = published_sentence(random_fit())
    assert "Table 3" in sentence
    assert "transition slope gamma 1→3" in sentence


def test_fragility_is_quoted_only_at_depths_of_the_sample() -> None:
    fit = random_fit()
    assert "at 120 USD million" in fragility_sentence(fit)
    tree = fit.tree.copy()
    data = tree["constant_data"].to_dataset()
    tree["constant_data"] = data.assign(depth_musd=data["depth_musd"].clip(max=100))
    sentence = fragility_sentence(replace(fit, tree=tree))
    assert "at 60 USD million" in sentence
    assert "at 120 USD million" not in sentence


def test_fragility_of_constant_transitions_is_that_of_any_depth() -> None:
    assert "at any depth" in fragility_sentence(random_fit("II-constant"))


def test_shares_of_the_sample_are_ranges() -> None:
    fit = random_fit()
    assert states_sentence(fit).count("%") == 3
    share = 100 * (fit.group("regimes")["state_path"] == 1).mean("day")
    low, high = np.quantile(share, [0.025, 0.975])
    assert f"{low:.0f} to {high:.0f}% in state 1" in states_sentence(fit)


def test_failed_fit_has_no_finding_but_its_failures() -> None:
    fit = random_fit(failures=("R-hat of a is 1.2",))
    (found,) = liquidity_regimes_section([fit]).findings
    assert found.is_warning
    assert found.sentences == (
        "Diagnostics failed: nothing is concluded from this fit.",
        "R-hat of a is 1.2",
        REMEDIES["sampler"],
    )


def test_what_limits_the_estimates_is_said_first() -> None:
    (found,) = liquidity_regimes_section([random_fit()]).findings
    assert found.sentences[1].startswith("Moves that hardly happened")
    assert "A basis point more of volatility" in found.sentences[2]


def test_threshold_findings_hold_slopes_and_thresholds() -> None:
    fit = threshold_fit()
    found = findings_of_exhibits(fit, of_fit(OF_THRESHOLDS, fit))
    assert "0.190 to 0.202 above both" in found.sentences[1]
    assert "bp and 14" in found.sentences[1]
