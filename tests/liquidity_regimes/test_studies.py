"""Studies of the liquidity-regimes model: one replication, and their bookkeeping."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from typer.testing import CliRunner, Result

from inference.settings import SamplerSettings
from models.liquidity_regimes.model import liquidity_regimes_model
from models.liquidity_regimes.parameters import published_parameters
from models.liquidity_regimes.simulation import simulate_liquidity_regimes
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from studies.__main__ import app
from studies.compiled_model import search_columns
from studies.liquidity_regimes import fragility as studied_fragility
from studies.liquidity_regimes import ranking_command
from studies.liquidity_regimes.fragility import (
    fragility_forecasts,
    summarize_forecasts,
)
from studies.liquidity_regimes.prior_sensitivity import (
    ALTERNATIVES,
    DEPTHS_MUSD,
    against_default,
    prior_predictive,
    with_probabilities,
)
from studies.liquidity_regimes.ranking import SPECIFICATIONS, ScoredFit, rank
from studies.liquidity_regimes.recovery import (
    PARAMETERS,
    replication,
    truth_dataset,
)
from studies.liquidity_regimes.variants import VARIANTS as STUDIED_VARIANTS
from studies.liquidity_regimes.variants import (
    short_of_mode,
    simulated_panel_of,
    truth_of_variant,
)
from tests.liquidity_regimes.models import model_of
from tests.places import ROOT

RANKING = ROOT / "studies" / "results" / "liquidity_regimes_ranking.csv"

# 24 intervals of 95%: fewer than 19 hold the truth with a probability below 0.001.
LEAST_COVERED = 19

# Four chains of 300 draws: enough to see that they agree, less than a trace asks for.
LOOSE_R_HAT = 1.05


@cache
def one_replication() -> pd.DataFrame:
    settings = SamplerSettings(seed=0, draws=300, tune=300)
    return replication(1, settings=settings)


@pytest.mark.long
def test_intervals_of_one_simulated_panel_hold_the_published_estimates() -> None:
    table = one_replication()
    assert len(table) == 24
    assert table["is_covered"].sum() >= LEAST_COVERED


@pytest.mark.long
def test_the_chains_of_one_simulated_panel_agree_on_the_right_mode() -> None:
    table = one_replication()
    assert table["r_hat"].max() < LOOSE_R_HAT
    assert (table["divergences"] == 0).all()
    assert (table["data_driven_at_mode"] > 0).all()


@pytest.mark.parametrize("covariates", ["III", "IV"])
def test_truth_fits_the_variables_of_the_model(covariates: str) -> None:
    truth = truth_dataset(LiquidityRegimesSpecification(covariates=covariates))
    model = model_of(covariates=covariates)
    assert set(truth.data_vars) == set(PARAMETERS)
    for name, values in truth.data_vars.items():
        assert values.dims == model.named_vars_to_dims[str(name)]
        for dim in values.dims:
            assert values[dim].to_numpy().tolist() == list(model.coords[str(dim)])


def test_starts_that_reach_the_highest_mode_are_counted() -> None:
    starts = xr.Dataset(
        {
            "mode": ("start", [0, 1, 0, -1, 2]),
            "kind": ("start", ["data-driven"] * 2 + ["scattered"] * 3),
        }
    )
    assert search_columns(starts) == {
        "num_starts": 5,
        "starts_at_mode": 2,
        "data_driven_at_mode": 1,
    }


def test_probabilities_at_each_depth_are_those_of_the_parameters() -> None:
    truth = truth_dataset(LiquidityRegimesSpecification())
    moves = ["transition_intercept", "transition_depth_slope"]
    found = with_probabilities(truth[moves])["transition_probability"]
    expected = published_parameters("IV").transition_probability(
        np.array(DEPTHS_MUSD, dtype=float)
    )
    assert found.dims == ("depth_musd", "origin", "arrival")
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_priors_are_compared_with_the_default_element_by_element() -> None:
    rows = pd.DataFrame(
        {
            "prior": ["default", "default", "wide", "wide"],
            "parameter": "transition_depth_slope",
            "element": ["1, 2", "1, 3", "1, 2", "1, 3"],
            "mean": [1.0, 2.0, 1.5, 2.0],
            "sd": [0.5, 1.0, 0.7, 1.0],
            "lower_95": [0.0, 0.0, 0.0, 0.0],
            "upper_95": [2.0, 4.0, 3.0, 4.0],
        }
    )
    compared = against_default(rows)
    assert compared["shift_sd"].tolist() == [0.0, 0.0, 1.0, 0.0]
    assert compared["width_ratio"].tolist() == [1.0, 1.0, 1.5, 1.0]


def test_default_priors_say_of_states_what_a_person_would() -> None:
    """Where a state usually lasts it does, and nowhere is it all or nothing."""
    table = prior_predictive(num_days=400, num_draws=4_000)
    assert set(table["prior"]) == set(ALTERNATIVES)
    default = table[table["prior"] == "default"]
    usual = default[default["is_usual"]]
    assert usual["median"].between(0.9, 0.98).all()
    assert (usual["left_at_once"] < 0.03).all()
    assert (default["left_at_once"] < 0.35).all()
    assert (default["lasts_for_good"] < 0.3).all()
    wide = table[(table["prior"] == "wide, all but normal") & ~table["is_usual"]]
    assert wide["left_at_once"].max() > 0.6


def forecasts() -> pd.DataFrame:
    """Two ranges of depth, two twins; what happens is what is said of moving depth."""
    entered = np.tile([1, 0, 0, 0, 0], 40)
    return pd.DataFrame(
        {
            "seed": np.repeat([1, 2], 100),
            "day": np.arange(200),
            "state": 2,
            "depth_musd": np.tile(np.repeat([50.0, 90.0], 50), 2),
            "horizon_days": 20,
            "depth_moving": 0.2,
            "depth_held": 0.5,
            "entered": entered.astype(bool),
        }
    )


def test_reported_stands_beside_realised_by_state_and_depth() -> None:
    table = summarize_forecasts(forecasts())
    assert table["depth_musd"].tolist() == ["45 to 60", "80 to 100", "all"]
    assert table["days"].tolist() == [100, 100, 200]
    assert table["realised"].tolist() == pytest.approx([0.2] * 3)
    assert table["depth_held"].tolist() == [0.5] * 3
    assert table["brier_score_depth_moving"].tolist() == pytest.approx([0.16] * 3)
    assert table["brier_score_depth_held"].tolist() == pytest.approx([0.25] * 3)
    # Both twins had the same share, so between them it does not vary.
    assert table["standard_error_depth_held"].tolist() == pytest.approx([0.0] * 3)


def test_forecasts_look_at_no_day_after_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What happens later changes what was realised and nothing else."""
    days = 400
    frame = simulate_liquidity_regimes(1, days)
    changed = frame.copy()
    last = days - 30
    changed.loc[last + 1 :, ["depth_musd", "volatility_bp"]] *= 3.0
    found = []
    for one in (frame, changed):
        monkeypatch.setattr(
            studied_fragility, "simulate_liquidity_regimes", lambda *_, f=one: f
        )
        table = fragility_forecasts(1, days)
        found.append(table[table["day"] <= last][["depth_moving", "depth_held"]])
    assert len(found[0]) > 20
    pd.testing.assert_frame_equal(*found)


def fits_and_scores() -> tuple[pd.DataFrame, pd.DataFrame]:
    fits = pd.DataFrame({"specification": ["bad", "good"], "passed": [True, False]})
    days = pd.date_range("2020-01-01", periods=4)
    scores = pd.DataFrame(
        {"bad": [-3.0, -2.0, -4.0, -3.0], "good": [-1.0, -2.0, -2.0, -1.0]}, index=days
    )
    return fits, scores


def test_the_best_specification_comes_first_and_the_others_with_their_distance() -> (
    None
):
    ranked = rank(*fits_and_scores())
    assert ranked["specification"].tolist() == ["good", "bad"]
    assert ranked["passed"].tolist() == [False, True]
    assert ranked["log_score"].tolist() == [-6.0, -12.0]
    assert ranked["difference_to_best"].tolist() == [0.0, -6.0]
    assert ranked["standard_error_of_difference"][0] == 0
    assert ranked["num_scored"].tolist() == [4, 4]


def test_days_alike_in_succession_widen_the_error_of_a_difference() -> None:
    fits, _ = fits_and_scores()
    terms = np.repeat([-1.0, 0.0, -2.0, 0.5], 12)
    days = pd.bdate_range("2020-01-01", periods=len(terms))
    by_day = pd.DataFrame({"good": 0.0, "bad": terms}, index=days)
    independent = np.sqrt(len(terms)) * terms.std(ddof=1)
    ranked = rank(fits, by_day.sample(frac=1, random_state=1))
    assert ranked["standard_error_of_difference"][1] > 2 * independent


def test_the_table_kept_is_what_its_scores_by_day_say() -> None:
    stored = pd.read_csv(RANKING)
    by_day = pd.read_csv(
        RANKING.with_name("liquidity_regimes_ranking_days.csv"), index_col="day"
    )
    # Five digits are kept of either.
    pd.testing.assert_frame_equal(rank(stored, by_day), stored, rtol=1e-3, atol=1e-2)


def test_ranking_again_replaces_what_was_ranked() -> None:
    fits, scores = fits_and_scores()
    ranked = rank(fits, scores)
    third = pd.DataFrame({"specification": ["best"], "passed": [True]})
    again = rank(pd.concat([ranked, third]), scores.assign(best=-0.5))
    assert again["specification"].tolist() == ["best", "good", "bad"]
    assert again["difference_to_best"].tolist() == [0.0, -4.0, -10.0]
    assert again.columns.is_unique


def test_every_model_of_the_paper_and_what_goes_beyond_it_is_ranked() -> None:
    assert list(SPECIFICATIONS) == [
        "IV-depth",
        "I-depth",
        "II-depth",
        "III-depth",
        "IV-constant",
        "IV-depth-2-states",
        "IV-depth-4-states",
        "IV-depth-student-t",
    ]


def invoke(study: str, out: Path, *more: str) -> Result:
    arguments = [study, "liquidity-regimes", "--out", str(out), *more]
    return CliRunner().invoke(app, arguments)


def test_specifications_that_a_table_holds_are_not_scored_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed = []

    def scored_fit(
        panel: object, specification: LiquidityRegimesSpecification, settings: object
    ) -> ScoredFit:
        computed.append(specification.name)
        days = pd.date_range("2020-01-01", periods=3, name="day")
        elpd = xr.Dataset(
            {"elpd": ("day", [-1.0 * len(computed), -1.0, -1.5])}, coords={"day": days}
        )
        trace = xr.DataTree.from_dict({"leave_future_out": elpd})
        row = {"specification": specification.name, "is_reliable": True}
        return ScoredFit(trace, row | {"passed": True, "max_r_hat": 1.0})

    monkeypatch.setattr(ranking_command, "score_specification", scored_fit)
    out = tmp_path / "ranking.csv"
    days = ("--days", "300")
    first, second = ("--specification", "IV-depth"), ("--specification", "I-depth")
    assert invoke("ranking", out, *days, *first).exit_code == 0
    assert invoke("ranking", out, *days, *first, *second).exit_code == 0
    assert computed == ["IV-depth", "I-depth"]
    table = pd.read_csv(out)
    assert table["specification"].tolist() == ["IV-depth", "I-depth"]
    assert table["difference_to_best"].tolist() == [0.0, -1.0]
    by_day = pd.read_csv(tmp_path / "ranking_days.csv")
    assert by_day["I-depth"].tolist() == [-2.0, -1.0, -1.5]
    assert by_day["day"].iloc[0] == "2020-01-01"


@pytest.mark.parametrize("study", ["ranking", "variants"])
def test_a_table_of_other_panels_is_refused(study: str, tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    named = {"specification": ["IV-depth"], "variant": ["IV-depth-2-states"]}
    pd.DataFrame({"seed": [1], "days": [2440], **named}).to_csv(out)
    result = invoke(study, out, "--seed", "2")
    assert result.exit_code == 2
    assert "another file" in result.stderr


@pytest.mark.parametrize(
    ("study", "option"), [("ranking", "--specification"), ("variants", "--variant")]
)
def test_what_is_not_studied_is_refused_with_what_is(
    study: str, option: str, tmp_path: Path
) -> None:
    result = invoke(study, tmp_path / "table.csv", option, "V-depth")
    assert result.exit_code == 2
    assert "IV-depth-student-t" in result.stderr


@pytest.mark.parametrize("name", list(STUDIED_VARIANTS))
def test_truth_of_a_variant_fits_the_variables_of_its_model(name: str) -> None:
    variant = STUDIED_VARIANTS[name]
    truth = truth_of_variant(variant)
    panel = simulated_panel_of(variant, seed=1, num_days=400)
    model = liquidity_regimes_model(panel, variant.specification)
    for parameter, values in truth.data_vars.items():
        dims = model.named_vars_to_dims.get(str(parameter), ())
        assert values.dims == tuple(dims)
        for dim in values.dims:
            assert values[dim].to_numpy().tolist() == list(model.coords[str(dim)])
    assert ("degrees_of_freedom" in truth) == ("student-t" in name)


def test_how_far_data_driven_searches_ended_below_the_mode_is_in_nats() -> None:
    starts = xr.Dataset(
        {
            "log_density": ("start", [-12.0, -10.5, -10.0]),
            "kind": ("start", ["data-driven", "data-driven", "scattered"]),
        }
    )
    assert short_of_mode(starts) == 0.5
    assert short_of_mode(starts.isel(start=[0, 1])) == 0.0


def test_truth_of_a_market_is_in_the_units_of_each_security() -> None:
    slope = truth_of_variant(STUDIED_VARIANTS["IV-depth-market-wide"])[
        "price_impact_slope"
    ]
    published = published_parameters().price_impact_slope[0, 0]
    first = slope.sel(state="1", covariate="V")
    assert float(first.sel(security="10y")) == published
    assert float(first.sel(security="30y")) == pytest.approx(2.3 * published)


@pytest.mark.parametrize(
    "study",
    [
        "recovery",
        "calibration",
        "prior-sensitivity",
        "fragility",
        "ranking",
        "variants",
    ],
)
def test_a_table_with_another_ending_is_refused_before_anything_is_fitted(
    study: str, tmp_path: Path
) -> None:
    out = tmp_path / "table.txt"
    result = CliRunner().invoke(app, [study, "liquidity-regimes", "--out", str(out)])
    assert result.exit_code == 2
    assert "does not end in .csv" in result.stderr
