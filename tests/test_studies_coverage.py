import pandas as pd
import pytest

from studies.coverage import ALL, summarize_coverage


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


def test_the_wilson_interval_of_a_full_share_ends_at_one() -> None:
    row = summary({}).loc[("a", "persistence level")]
    assert row["upper_95"] == pytest.approx(1.0)
    # 40 of 40: z**2 / (40 + z**2) short of one.
    assert row["lower_95"] == pytest.approx(1 - 1.96**2 / (40 + 1.96**2), abs=1e-4)


def test_the_worst_diagnostic_of_a_group_is_kept() -> None:
    row = summary({}).loc[("a", "price_pressure")]
    assert row["max_r_hat"] == pytest.approx(1.039)
    assert (row["min_ess_bulk"], row["min_ess_tail"]) == (500.0, 400.0)
    assert row["divergent_fits"] == 1
    assert row["mean_error_sd"] == pytest.approx(1.0)


def test_one_variant_alone_is_not_pooled() -> None:
    only = rows({}).query("variant == 'a'")
    assert set(summarize_coverage(only)["variant"]) == {"a"}
