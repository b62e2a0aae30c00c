"""Commands that look ahead, from made-up traces: what they print and write."""

from dataclasses import asdict
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from typer.testing import CliRunner, Result

from analysis.__main__ import app, application
from analysis.every_model.forecast import FORECAST, Foretold, forecast_frame
from analysis.liquidity_regimes.fragility import fragility
from analysis.page.exhibit import figure_of
from data.errors import DataError
from inference.families import forecast
from inference.store import read_trace, write_trace
from inference.traced.forecast import Forecast, ForecastRequest
from models.price_pressure.model import PricePressurePriors
from tests.contracts import toy_family as toy
from tests.liquidity_regimes.traces import random_tree as regimes_tree
from tests.price_pressure.traces import random_fit, random_tree


def run(*arguments: object, with_toy: bool = False) -> Result:
    chosen = application({toy.NAME: toy.REPORT}) if with_toy else app
    return CliRunner(env={"COLUMNS": "300"}).invoke(chosen, [str(x) for x in arguments])


@cache
def yields_tree() -> xr.DataTree:
    tree = random_tree("cash-inventory")
    tree.attrs["priors"] = asdict(PricePressurePriors())
    return tree


def made_up(dates: bool) -> Forecast:
    """Two series with a past, and one without."""
    rng = np.random.default_rng(3)
    ahead = pd.date_range("2020-01-08", periods=4, freq="W-WED") if dates else range(4)
    sizes = {"long_name": "yield", "units": "bp"}
    draws = xr.Dataset(
        {
            "y": (("sample", "ahead", "tenor"), rng.normal(0, 1, (500, 4, 2)), sizes),
            "p": (
                ("sample", "ahead"),
                rng.uniform(size=(500, 4)),
                {"long_name": "probability", "units": ""},
            ),
        },
        coords={"ahead": list(ahead), "tenor": [2, 10]},
    )
    past = pd.date_range("2019-12-18", periods=3, freq="W-WED")
    observed = xr.Dataset(
        {"y": (("ahead", "tenor"), np.ones((3, 2)))},
        coords={"ahead": past if dates else [-3, -2, -1], "tenor": [2, 10]},
    )
    return Forecast(draws, observed, ("From then.",))


@pytest.mark.parametrize("dates", [True, False])
def test_every_series_has_a_row_a_date_and_a_panel(dates: bool) -> None:
    found = made_up(dates)
    foretold = Foretold(random_fit("cash-inventory"), found)
    frame = forecast_frame(foretold)
    assert len(frame) == 3 * 4
    row = frame[(frame["element"] == "10-year")].iloc[2]
    draws = found.draws["y"].sel(tenor=10).isel(ahead=2)
    assert row["upper_95"] == pytest.approx(float(draws.quantile(0.975)))
    figure = figure_of(FORECAST[1], foretold)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == ["2-year", "10-year", "Probability"]
    # The past and the median; of what is never observed the median alone.
    assert [len(axes.lines) for axes in figure.axes] == [2, 2, 1]
    assert len(figure.axes[0].lines[0].get_ydata()) == 3


def test_the_forecast_is_printed_written_and_drawn(tmp_path: Path) -> None:
    path, table, figure = (tmp_path / x for x in ("cash.nc", "a.csv", "a.png"))
    write_trace(yields_tree(), path)
    done = run("forecast", path, "--horizon", 3, "--out", table, "--out", figure)
    # Made-up draws do not fit: the numbers come all the same, with a warning.
    assert done.exit_code == 1, done.output
    assert "conclude nothing" in done.output or "do not use" in done.output
    assert "yield, basis points: 10-year" in done.output
    frame = pd.read_csv(table)
    expected = forecast(yields_tree(), ForecastRequest(horizon=3)).draws["yield_bp"]
    assert frame["mean"].to_numpy() == pytest.approx(
        expected.mean("sample").transpose("tenor", "ahead").to_numpy().ravel()
    )
    assert figure.stat().st_size > 10_000


def test_a_model_that_foretells_nothing_says_which_do() -> None:
    tree = xr.DataTree()
    tree.attrs["model"] = "yield-curve"
    with pytest.raises(DataError, match=r"Models that do: price-pressure, liq"):
        forecast(tree, ForecastRequest())


def test_a_trace_that_does_not_say_its_priors_is_refused() -> None:
    tree = random_tree("cash-inventory")
    with pytest.raises(DataError, match="'priors'"):
        forecast(tree, ForecastRequest())


def test_fragility_is_printed_at_the_depth_asked_for(tmp_path: Path) -> None:
    path, table = tmp_path / "regimes.nc", tmp_path / "f.csv"
    write_trace(regimes_tree("IV-depth"), path)
    given = ("--depth", 40, "--days", 5, "--state", "2=0.7", "--state", "3=0.3")
    done = run("fragility", path, *given, "--out", table)
    assert done.exit_code in (0, 1), done.output
    (row,) = pd.read_csv(table).itertuples()
    expected = fragility(
        read_trace(path), 40.0, [5], state_probability={"2": 0.7, "3": 0.3}
    )
    assert row.mean == pytest.approx(expected["mean"].item())
    assert row.mean_depth_held == pytest.approx(expected["mean_depth_held"].item())
    assert f"{row.mean:.3f}" in done.output
    assert run("fragility", path, "--days", 1).exit_code in (0, 1)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        (("--state", "2=1"), "without a depth"),
        (("--depth", 40, "--state", "2"), "--state is '2'"),
        (("--depth", 40, "--state", "9=1"), "states 1, 2, 3"),
        (("--depth", -1), "market depth is"),
    ],
)
def test_fragility_of_nothing_sensible_ends_with_two(
    given: tuple, wrong: str, tmp_path: Path
) -> None:
    path = tmp_path / "regimes.nc"
    write_trace(regimes_tree("IV-depth"), path)
    done = run("fragility", path, *given)
    assert done.exit_code == 2
    assert wrong in done.output


def test_the_prior_says_what_it_believes_before_any_fit(tmp_path: Path) -> None:
    panel = tmp_path / "toy.csv"
    toy.simulate_toy(panel)
    outs = [tmp_path / f"prior.{kind}" for kind in ("nc", "csv", "png")]
    options = [x for path in outs for x in ("--out", path)]
    command = ("prior-predictive", toy.NAME, "--panel", panel)
    done = run(*command, *options, "--mean-sd", 5, "--draws", 200, with_toy=True)
    assert done.exit_code == 0, done.output
    tree = xr.open_datatree(outs[0])
    assert tree["prior"].sizes["draw"] == 200
    assert float(tree["prior"]["mean"].std()) == pytest.approx(5.0, rel=0.3)
    statistics = pd.read_csv(outs[1])
    assert (statistics["lower_95"] < statistics["upper_95"]).all()
    assert "posterior" not in tree.children
