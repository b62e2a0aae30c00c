"""Findings never claim more than the interval."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from analysis.every_model.findings import (
    findings_of_comparison,
    findings_of_exhibits,
    information_sentence,
    out_of_sample_sentence,
)
from analysis.fit import Fit
from analysis.page.exhibit import Exhibit, of_fit, sentences_of
from analysis.page.section import Findings
from analysis.price_pressure.cash_and_futures import CASH_AGAINST_FUTURES
from analysis.price_pressure.discovery import VARIANCE_RATIO
from analysis.price_pressure.dynamics import FACTOR_DYNAMICS
from analysis.price_pressure.pressure import COEFFICIENTS, economic_size_sentence
from analysis.price_pressure.section import exhibits_of
from inference.checks.diagnostics import NOT_INFORMED
from inference.checks.verdict import REMEDIES, Verdict
from tests.price_pressure.traces import random_fit


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


def _sentences(exhibit: Exhibit, fit: Fit) -> list[str]:
    return [x for x in sentences_of(of_fit([exhibit], fit)) if x]


def _findings(fit: Fit) -> Findings:
    return findings_of_exhibits(fit, of_fit(exhibits_of(fit), fit))


def _uninformed(fit: Fit, *names: str) -> Fit:
    diagnostics = fit.diagnostics.copy()
    diagnostics.loc[list(names), "information"] = NOT_INFORMED
    return replace(fit, diagnostics=diagnostics)


def test_sign_is_stated_only_where_the_interval_excludes_zero() -> None:
    fit = _with_pressure("net-inventory", net=[0.0, 0.1, 0.6, -0.6])
    sentence, *_ = _sentences(COEFFICIENTS, fit)
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
    sentence, *_ = _sentences(COEFFICIENTS, fit)
    assert "at 5 years" in sentence
    assert "10 years" not in sentence
    assert "price_pressure[net, 10]" in information_sentence(fit)


def test_half_lives_that_repeat_their_prior_are_left_out() -> None:
    names = [f"half_life_weeks[{f}]" for f in ("level", "slope", "curvature")]
    fit = random_fit("net-inventory")
    assert _sentences(FACTOR_DYNAMICS, _uninformed(fit, *names)) == []
    (sentence,) = _sentences(FACTOR_DYNAMICS, _uninformed(fit, names[0]))
    assert "level" not in sentence


def test_published_estimate_outside_the_interval_is_named() -> None:
    fit = _with_pressure("net-inventory", net=[0.0, 0.26, 2.0, 0.37])
    sentence = _sentences(COEFFICIENTS, fit)[-1]
    assert "3 of 4" in sentence
    assert "outside: 10y net" in sentence


def test_cash_and_futures_are_told_apart_only_where_the_difference_is_settled() -> None:
    fit = _with_pressure(
        "cash-futures-inventory",
        cash=[0.9, 0.3, 0.0, 0.4],
        futures=[-0.7, 0.3, 0.9, 0.4],
    )
    (sentence,) = _sentences(CASH_AGAINST_FUTURES, fit)
    assert "more at 2 years" in sentence
    assert "less at 10 years" in sentence
    assert sentence.index("not settled") < sentence.index("5 years")


def test_order_flow_is_told_by_its_settled_signs_and_the_largest_share() -> None:
    fit = random_fit("cash-futures-order-flow")
    settled = _sentences(COEFFICIENTS, fit)[-1]
    assert "slope on 10y futures" in settled.partition("settled sign for")[2]
    (sentence,) = _sentences(VARIANCE_RATIO, fit)
    assert "per cent of the variance" in sentence


def test_failed_fit_has_no_finding_but_its_failures() -> None:
    fit = random_fit("net-inventory", failures=("R-hat of a is 1.2",) * 9)
    found = _findings(fit)
    assert found.is_warning
    assert "nothing is concluded" in found.sentences[0]
    assert found.sentences[-2:] == ("and 3 more", REMEDIES["sampler"])
    assert not any("USD million" in sentence for sentence in found.sentences)


def test_fit_that_does_not_fit_has_no_finding_but_why_and_what_to_try() -> None:
    verdict = Verdict(data=("calibration of the 10-year yield",), data_remedy="Try D.")
    fit = replace(random_fit("net-inventory"), judgement=verdict)
    found = _findings(fit)
    assert found.is_warning
    assert found.sentences == (
        "The model does not fit the data: nothing is concluded from this fit.",
        "does not fit: calibration of the 10-year yield",
        "Try D.",
    )


def test_verdict_and_what_is_off_come_before_any_finding() -> None:
    verdict = Verdict(notes=("autocorrelation of squared errors",))
    fit = replace(random_fit("net-inventory"), judgement=verdict)
    fit = _uninformed(fit, "price_pressure[net, 10]")
    sentences = _findings(fit).sentences
    assert sentences[:2] == (
        "Verdict: draws ok, sampler ok, modes ok, fits the data.",
        "Autocorrelation of squared errors.",
    )
    assert sentences[2] == information_sentence(fit)
    del fit.tree["leave_future_out"]
    unscored = _findings(fit).sentences
    assert "not tried on weeks that the parameters had not seen" in unscored[2]
    assert unscored[3] == information_sentence(fit)


def test_economic_size_is_the_coefficient_times_a_usual_inventory() -> None:
    fit = random_fit("net-inventory")
    pressure = fit.posterior["price_pressure"].sel(inventory_market="net", tenor=10)
    inventory = fit.group("constant_data")["inventory_dv01_musd"]
    sd = inventory.sel(inventory_market="net", tenor=10).std("week", ddof=1)
    draws = (pressure * sd).to_numpy()
    low, high = np.quantile(draws, [0.025, 0.975])
    words = f"{draws.mean():.1f} bp at 10 years ({low:.1f} to {high:.1f}, net)"
    assert words.replace("-", "−") in economic_size_sentence(fit).replace("-", "−")


def test_predictions_of_unseen_weeks_are_told_with_their_worst_series() -> None:
    fit = random_fit("net-inventory")
    tenors, weeks = fit.panel["tenor"], np.arange(200)
    uniform = (np.arange(200) + 0.5) / 200
    pit = np.stack([uniform, uniform, uniform, uniform**3], axis=1)
    fit.tree["leave_future_out"] = xr.Dataset(
        {"elpd": ("week", np.zeros(200)), "pit": (("week", "tenor"), pit)},
        {"week": weeks, "tenor": tenors},
    )
    # The largest of x ** (1 / 3) - x is 2 / 3 ** 1.5, and half a step of 1 / 200 more.
    assert "at most 0.39 (20-year yield)" in out_of_sample_sentence(fit)
    assert out_of_sample_sentence(fit).startswith("Over 200 weeks, each predicted by")


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


def test_variants_that_do_not_fit_are_compared_and_said_to_not_fit() -> None:
    noise = np.random.default_rng(0).normal(0, 1, 40)
    fits = [
        _with_scores("net-inventory", noise - 5.0),
        _with_scores("net-order-flow", noise[::-1]),
    ]
    fits[1] = replace(fits[1], judgement=Verdict(data=("calibration",)))
    found = findings_of_comparison(fits)
    assert found is not None
    assert found.sentences[0].startswith("net-order-flow does not fit the data. Over")
