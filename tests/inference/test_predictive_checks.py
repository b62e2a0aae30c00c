"""Observed statistics beside those of replicated data."""

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.fit import Fit
from inference.checks.change_statistics import travelled
from inference.checks.predictive_checks import compare_statistics
from tests.price_pressure.traces import random_fit, random_tree


def test_replications_are_masked_where_nothing_was_observed() -> None:
    tree = random_tree("net-inventory")
    quoted = tree["constant_data"]["is_quoted"]
    tree["constant_data"]["is_quoted"] = quoted.where(quoted["tenor"] != 2, 0.0)
    fit = replace(random_fit("net-inventory"), tree=tree)
    frame = fit.replicated_statistics.set_index(["statistic", "label"])
    row = frame.loc[("sd of change (bp)", "2y")]
    assert np.isnan(row["observed"])
    assert np.isnan(row["median"])
    assert np.isfinite(frame.loc[("sd of change (bp)", "5y"), "median"])


def test_data_without_a_mask_are_masked_where_they_are_missing() -> None:
    tree = random_tree("net-inventory")
    observed = tree["observed_data"].to_dataset()
    tree["observed_data"] = observed.where(observed["tenor"] != 2)
    fit = random_fit("net-inventory")
    check = replace(fit.predictive_check, observed_mask="")
    frame = compare_statistics(tree, check, "posterior_predictive")
    missing = frame.groupby("label")["median"].apply(lambda rows: rows.isna().all())
    assert missing["2y"]
    assert not missing["5y"]


def test_probability_is_the_share_of_replications_at_or_above_the_observed() -> None:
    fit: Fit = random_fit("net-inventory")
    frame = fit.replicated_statistics
    row = frame.query("statistic == 'range over the sample (bp)' and label == '20y'")
    drawn = travelled(fit.group("posterior_predictive")["yield_bp"], "week").sel(
        label="20y"
    )
    share = (drawn >= row["observed"].item()).mean().item()
    assert row["probability_above"].item() == share


def test_data_in_another_order_are_compared_by_the_calendar() -> None:
    fit = random_fit("net-inventory")
    tree = fit.tree.copy()
    order = np.random.default_rng(2).permutation(fit.panel.sizes["week"])
    tree["observed_data"] = tree["observed_data"].to_dataset().isel(week=order)
    frame = compare_statistics(tree, fit.predictive_check, "posterior_predictive")
    pd.testing.assert_frame_equal(frame, fit.replicated_statistics)
