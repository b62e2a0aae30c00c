import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from studies.coverage import ALL, design_effect, summarize_coverage


def rows(misses: dict[tuple[str, str, str], int], seeds: int = 40) -> pd.DataFrame:
    """Intervals of two variants; of the named ones the first few miss."""
    elements = [
        ("persistence", "level"),
        ("persistence", "slope"),
        ("price_pressure", "net, 2"),
        ("price_pressure", "net, 5"),
    ]
    return pd.DataFrame(
        [
            {
                "variant": variant,
                "seed": seed,
                "parameter": parameter,
                "element": element,
                "truth": 1.0,
                "mean": 1.5,
                "sd": 0.5,
                "is_covered": seed >= misses.get((variant, parameter, element), 0),
                "r_hat": 1.0 + seed / 1000,
                "ess_bulk": 500.0 + seed,
                "ess_tail": 400.0 + seed,
                "divergences": int(seed == 3),
            }
            for variant in ("a", "b")
            for seed in range(seeds)
            for parameter, element in elements
        ]
    )


def summary(misses: dict[tuple[str, str, str], int]) -> pd.DataFrame:
    return summarize_coverage(rows(misses)).set_index(["variant", "group"])


def test_intervals_are_counted_by_variant_and_group() -> None:
    table = summary({("a", "price_pressure", "net, 5"): 4})
    assert table.loc[("a", "price_pressure"), "intervals"] == 80
    assert table.loc[("a", "price_pressure"), "share_covered"] == pytest.approx(0.95)
    assert table.loc[("b", "price_pressure"), "share_covered"] == 1.0
    assert table.loc[(ALL, "price_pressure"), "covered"] == 156
    assert table.loc[(ALL, ALL), "intervals"] == 320


def test_each_persistence_is_a_group_of_its_own() -> None:
    table = summary({("a", "persistence", "slope"): 20})
    assert table.loc[("a", "persistence slope"), "covered"] == 20
    assert table.loc[("a", "persistence level"), "covered"] == 40


def test_a_share_far_from_95_percent_is_inconsistent_and_one_near_it_is_not() -> None:
    table = summary(
        {("a", "persistence", "slope"): 20, ("b", "persistence", "slope"): 3}
    )
    assert not table.loc[("a", "persistence slope"), "is_consistent"]
    assert table.loc[("b", "persistence slope"), "is_consistent"]


def test_the_interval_of_a_full_share_ends_at_one() -> None:
    row = summary({}).loc[("a", "persistence level")]
    assert row["upper_95"] == pytest.approx(1.0)
    # 40 of 40: t**2 / (40 + t**2) short of one, t of 39 degrees of freedom.
    assert row["lower_95"] == pytest.approx(1 - 2.0227**2 / (40 + 2.0227**2), abs=1e-4)


def test_without_clusters_and_of_many_panels_the_interval_is_wilsons() -> None:
    many = rows({("a", "persistence", "level"): 90}, seeds=2000)
    row = summarize_coverage(many).set_index(["variant", "group"]).loc["a"]
    found = row.loc["persistence level"]
    expected = binomtest(1910, 2000).proportion_ci(method="wilson")
    assert found["design_effect"] == pytest.approx(1.0, abs=1e-3)
    assert found["lower_95"] == pytest.approx(expected.low, abs=2e-5)
    assert found["upper_95"] == pytest.approx(expected.high, abs=2e-5)


def test_panels_that_miss_together_count_as_fewer_intervals() -> None:
    both = {("a", "price_pressure", f"net, {tenor}"): 4 for tenor in (2, 5)}
    apart = {("a", "price_pressure", "net, 2"): 8}
    together = summary(both).loc[("a", "price_pressure")]
    scattered = summary(apart).loc[("a", "price_pressure")]
    assert together["share_covered"] == scattered["share_covered"] == 0.9
    # Both intervals of a panel always agree: 80 are as good as 40, 40 less one.
    assert together["design_effect"] == pytest.approx(2 * 40 / 39)
    assert scattered["design_effect"] == 1.0
    assert together["lower_95"] < scattered["lower_95"]
    assert together["p_value"] > scattered["p_value"]


def test_intervals_hold_95_percent_as_often_as_they_say_whatever_the_clusters() -> None:
    """Beta-binomial panels with an intraclass correlation of 0.1."""
    rng = np.random.default_rng(1)
    chance = rng.beta(0.95 * 9, 0.05 * 9, (2000, 20))
    covered = rng.binomial(24, chance)
    held = plain = 0
    for panel in covered:
        effect = design_effect(panel, np.full(20, 24))
        number, share = 480 / effect, panel.sum() / 480
        error = np.sqrt(0.95 * 0.05 / number)
        held += abs(share - 0.95) < 2.093 * error
        plain += abs(share - 0.95) < 1.96 * np.sqrt(0.95 * 0.05 / 480)
    assert held / 2000 == pytest.approx(0.95, abs=0.04)
    assert plain / 2000 < 0.8


def test_the_worst_diagnostic_of_a_group_is_kept() -> None:
    row = summary({}).loc[("a", "price_pressure")]
    assert row["max_r_hat"] == pytest.approx(1.039)
    assert (row["min_ess_bulk"], row["min_ess_tail"]) == (500.0, 400.0)
    assert row["divergent_fits"] == 1
    assert row["mean_error_sd"] == pytest.approx(1.0)


def test_one_variant_alone_is_not_pooled() -> None:
    only = rows({}).query("variant == 'a'")
    assert set(summarize_coverage(only)["variant"]) == {"a"}
