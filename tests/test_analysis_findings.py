"""Findings never claim more than the interval."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from analysis.findings import (
    calibration_sentence,
    correlated_errors_sentence,
    findings_of_comparison,
    findings_of_fit,
    information_sentence,
)
from analysis.fits import Fit
from analysis.price_pressure_findings import (
    cash_against_futures_sentence,
    half_life_sentence,
    order_flow_sentence,
    price_pressure_findings,
    price_pressure_sentences,
    published_sentence,
)
from inference.diagnostics import NOT_INFORMED
from tests.price_pressure_traces import random_fit


def _with_pressure(variant: str, **centres: list[float]) -> Fit:
    """A fit whose price pressure has a deviation of 0.1 around given centres."""
    fit = random_fit(variant)
    tree = fit.tree.copy()
    posterior = tree["posterior"].to_dataset().copy(deep=True)
    rng = np.random.default_rng(1)
    for market, values in centres.items():
        draws = posterior["price_pressure"].sel(inventory_market=market)
        posterior["price_pressure"].loc[{"inventory_market": market}] = rng.normal(
            values, 0.1, draws.shape
        )
    tree["posterior"] = posterior
    return replace(fit, tree=tree)


def _uninformed(fit: Fit, *names: str) -> Fit:
    diagnostics = fit.diagnostics.copy()
    diagnostics.loc[list(names), "information"] = NOT_INFORMED
    return replace(fit, diagnostics=diagnostics)


def test_sign_is_stated_only_where_the_interval_excludes_zero() -> None:
    fit = _with_pressure("net-inventory", net=[0.0, 0.1, 0.6, -0.6])
    (sentence,) = price_pressure_sentences(fit)
    settled, unsettled = sentence.split("For net DV01")
    assert "at 10 years" in settled
    assert "and −0." in settled
    assert "bp at 20 years (−0." in settled
    assert "at 2 years" not in settled
    assert "do not settle the sign at 2 years" in unsettled
    assert "5 years" in unsettled


def test_parameter_that_repeats_its_prior_is_no_finding() -> None:
    fit = _with_pressure("net-inventory", net=[0.6, 0.6, 0.6, 0.6])
    fit = _uninformed(fit, "price_pressure[net, 10]")
    (sentence,) = price_pressure_sentences(fit)
    assert "at 5 years" in sentence
    assert "10 years" not in sentence
    assert "price_pressure[net, 10]" in information_sentence(fit)


def test_half_lives_that_repeat_their_prior_are_left_out() -> None:
    names = [f"half_life_weeks[{f}]" for f in ("level", "slope", "curvature")]
    fit = random_fit("net-inventory")
    assert half_life_sentence(_uninformed(fit, *names)) == ""
    assert "level" not in half_life_sentence(_uninformed(fit, names[0]))


def test_published_estimate_outside_the_interval_is_named() -> None:
    fit = _with_pressure("net-inventory", net=[0.0, 0.26, 2.0, 0.37])
    sentence = published_sentence(fit)
    assert "3 of 4" in sentence
    assert "outside: 10y net" in sentence


def test_cash_and_futures_are_told_apart_only_where_the_difference_is_settled() -> None:
    fit = _with_pressure(
        "cash-futures-inventory",
        cash=[0.9, 0.3, 0.0, 0.4],
        futures=[-0.7, 0.3, 0.9, 0.4],
    )
    sentence = cash_against_futures_sentence(fit)
    assert "more at 2 years" in sentence
    assert "less at 10 years" in sentence
    assert sentence.index("not settled") < sentence.index("5 years")


def test_order_flow_sentence_names_the_largest_share() -> None:
    sentence = order_flow_sentence(random_fit("cash-futures-order-flow"))
    assert "slope on 10y futures" in sentence
    assert "per cent of the variance" in sentence


def test_miscalibrated_tenor_is_named() -> None:
    fit = random_fit("net-inventory")
    tree = fit.tree.copy()
    one_step = tree["one_step_ahead"].to_dataset().copy(deep=True)
    one_step["pit"].loc[{"tenor": 10}] = 0.999
    tree["one_step_ahead"] = one_step
    sentence = calibration_sentence(replace(fit, tree=tree))
    assert "not calibrated for the 10-year yield" in sentence


def test_correlated_errors_are_said_to_narrow_the_intervals() -> None:
    fit = random_fit("net-inventory")
    tree = fit.tree.copy()
    one_step = tree["one_step_ahead"].to_dataset().copy(deep=True)
    wave = np.sin(np.arange(fit.panel.sizes["week"]) / 5)
    one_step["standardized_innovation"].loc[{"tenor": 10}] = wave
    tree["one_step_ahead"] = one_step
    sentence = correlated_errors_sentence(replace(fit, tree=tree))
    assert "10-year yield (0.9" in sentence
    assert "too narrow" in sentence


def test_failed_fit_has_no_finding_but_its_failures() -> None:
    fit = random_fit("net-inventory", failures=("R-hat of a is 1.2",) * 9)
    found = findings_of_fit(fit, price_pressure_findings)
    assert found.is_warning
    assert "nothing is concluded" in found.sentences[0]
    assert found.sentences[-1] == "and 3 more"
    assert not any("USD million" in sentence for sentence in found.sentences)


def _with_scores(variant: str, scores: pd.Series) -> Fit:
    fit = random_fit(variant)
    tree = fit.tree.copy()
    week = fit.panel["week"][: len(scores)]
    tree["leave_future_out"] = xr.Dataset(
        {"elpd": ("week", scores), "pareto_k": ("week", 0 * scores)},
        coords={"week": week},
    )
    return replace(fit, tree=tree)


@pytest.mark.parametrize(
    ("gap", "words"),
    [(5.0, "two standard errors above net-inventory"), (0.01, "cannot be told apart")],
    ids=["far", "near"],
)
def test_variants_are_ranked_only_beyond_two_standard_errors(
    gap: float, words: str
) -> None:
    noise = np.random.default_rng(0).normal(0, 1, 40)
    fits = [
        _with_scores("net-inventory", noise - gap),
        _with_scores("net-order-flow", noise[::-1]),
    ]
    found = findings_of_comparison(fits)
    assert found is not None
    assert words in found.sentences[0]


def test_a_score_that_is_not_reliable_takes_no_part_in_the_comparison() -> None:
    noise = np.random.default_rng(0).normal(0, 1, 40)
    fits = [_with_scores(name, noise) for name in ("net-inventory", "net-order-flow")]
    fits[1].tree["leave_future_out"].attrs["reliable"] = 0
    assert findings_of_comparison(fits) is None


def test_failed_fit_takes_no_part_in_the_comparison() -> None:
    fits = [random_fit("net-inventory"), random_fit("net-order-flow", ("bad",))]
    assert findings_of_comparison(fits) is None
