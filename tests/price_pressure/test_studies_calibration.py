import itertools
from functools import cache

import numpy as np
import pandas as pd
import pymc as pm
import pytest
import xarray as xr
from matplotlib.figure import Figure

from data.market.tenors import TENOR_MONTHS
from data.price_pressure.factor_exposures import DECAY_PER_MONTH
from models.price_pressure.model import price_pressure_model
from models.price_pressure.nelson_siegel import nelson_siegel_loadings
from models.price_pressure.variants import VARIANTS
from studies.calibration import (
    draw_from_prior,
    rank_prior_draw,
    ranks_of,
    simulation_row,
    summarize_calibration,
)
from studies.figures import figure_rank_ecdf
from studies.price_pressure.compiled_price_pressure import PARAMETERS
from studies.price_pressure.recovery import simulated_panel

NUM_WEEKS = 60

DRAWS = ("chain", "draw")


def rows() -> pd.DataFrame:
    """Uniform ranks of the first factor, ranks near one half of the second."""
    rng = np.random.default_rng(2)
    return pd.DataFrame(
        {
            "seed": np.arange(100),
            "divergences": 0,
            "max_r_hat": 1.0,
            "rank of persistence[level]": rng.uniform(size=100),
            "rank of persistence[slope]": rng.beta(5, 5, size=100),
        }
    )


@cache
def model() -> pm.Model:
    variant = VARIANTS["net-order-flow"]
    return price_pressure_model(simulated_panel(variant, 1, NUM_WEEKS), variant)


def test_a_simulation_holds_every_parameter_and_all_yields() -> None:
    truth, seen = draw_from_prior(model(), seed=3)
    yields = seen["yield_bp"].to_numpy()
    held = {name for name in PARAMETERS if name in model().named_vars}
    assert held <= set(truth.data_vars)
    assert yields.shape == (NUM_WEEKS, 4)
    assert np.isfinite(yields).all()


def test_simulated_yields_follow_from_the_parameters_drawn_with_them() -> None:
    # Four yields, three factors: one portfolio of yields carries no factor, only the
    # pressure of inventories and noise.
    loading = nelson_siegel_loadings(DECAY_PER_MONTH, TENOR_MONTHS)
    portfolio = np.linalg.svd(loading)[0][:, -1]
    inventory = model()["inventory_dv01_musd"].get_value()
    for seed in range(5):
        truth, seen = draw_from_prior(model(), seed)
        yields = seen["yield_bp"].to_numpy()
        coefficient = truth["price_pressure"].to_numpy()
        pressure = (inventory * coefficient[:, None, :]).sum(axis=0)
        sd = np.sqrt(portfolio**2 @ truth["yield_noise_sd_bp"].to_numpy() ** 2)
        standardized = (yields - pressure) @ portfolio / sd
        # Standard error of a standard deviation of 60 values is 0.09; four of them.
        assert standardized.std() == pytest.approx(1.0, abs=0.36)
        assert standardized.mean() == pytest.approx(0.0, abs=4 / NUM_WEEKS**0.5)


def test_uniform_ranks_pass_and_ranks_heaped_in_the_middle_do_not() -> None:
    table = summarize_calibration(rows()).set_index("parameter")
    assert table["is_calibrated"].to_dict() == {
        "persistence[level]": True,
        "persistence[slope]": False,
    }
    assert table.loc["persistence[slope]", "p_value_holm"] < 0.01
    assert table.loc["persistence[level]", "p_value"] > 0.05


def test_fits_that_pass_the_check_of_modes_are_judged_by_themselves() -> None:
    heaped = rows()
    passes = heaped["rank of persistence[slope]"].rank(method="first") % 2 == 0
    table = summarize_calibration(heaped.assign(mode_failures=1 - passes))
    alone = summarize_calibration(heaped[passes])
    for column in ("coverage_95", "p_value", "p_value_holm"):
        np.testing.assert_array_equal(table[f"{column}_sound"], alone[column])
    none = summarize_calibration(heaped.assign(mode_failures=2))
    assert not any(name.endswith("_sound") for name in none)


def test_p_values_are_corrected_for_their_number() -> None:
    table = summarize_calibration(rows())
    smallest = table["p_value"].min()
    assert table["p_value_holm"].min() == pytest.approx(2 * smallest)


def test_a_simulation_is_one_row_with_its_fit_and_every_rank() -> None:
    truth = xr.Dataset({"decay": 0.5, "mean": ("factor", [0.0, 9.0])})
    truth = truth.assign_coords(factor=["level", "slope"])
    draws = np.random.default_rng(1).uniform(size=(2, 200, 2))
    posterior = xr.Dataset(
        {"decay": (DRAWS, draws[..., 0]), "mean": ((*DRAWS, "factor"), draws)},
        {"factor": ["level", "slope"]},
    )
    row = simulation_row(7, truth, posterior, {"divergences": 3})
    assert row.columns.tolist() == [
        "seed",
        "divergences",
        "rank of decay",
        "rank of mean[level]",
        "rank of mean[slope]",
    ]
    found = ranks_of(row).iloc[0]
    assert (row["seed"].item(), row["divergences"].item()) == (7, 3)
    # One of 100 draws and their ends: no draw lies below 0, none above 9.
    assert found["mean[level]"] < 1 / 101 and found["mean[slope]"] > 100 / 101
    assert found["decay"] == pytest.approx(0.5, abs=0.15)


def test_what_is_drawn_from_the_prior_is_ranked_in_the_posterior_of_its_data() -> None:
    """Of the parameters that are named, those that the model has, in that order."""
    with pm.Model() as simple:
        first, second = pm.Normal("first"), pm.Normal("second")
        pm.Normal("seen", first + second, observed=0.0)
    given = []

    def fit(seen: xr.Dataset) -> xr.DataTree:
        given.append(float(seen["seen"]))
        high = np.random.default_rng(1).uniform(98, 99, size=(2, 200))
        low = -high
        draws = {"first": (DRAWS, low), "second": (DRAWS, high), "third": (DRAWS, low)}
        stats = {"diverging": (DRAWS, np.ones((2, 200), dtype=bool))}
        groups = {"posterior": draws, "sample_stats": stats}
        return xr.DataTree.from_dict({k: xr.Dataset(x) for k, x in groups.items()})

    row = rank_prior_draw(simple, 5, ("second", "nowhere", "first"), fit)

    drawn, seen = draw_from_prior(simple, 5)
    assert given == [float(seen["seen"])]
    assert set(drawn.data_vars) == {"first", "second"}
    assert row["divergences"].item() == 400
    assert list(ranks_of(row)) == ["second", "first"]
    below, above = ranks_of(row).iloc[0]
    assert below < 1 / 101 and above > 100 / 101
    assert "mode_failures" not in row


def test_no_title_of_the_figure_reaches_over_the_next() -> None:
    names = [f"deviation_innovation_sd_bp_{n}" for n in range(17)]
    ranks = np.random.default_rng(3).uniform(size=(20, 2 * len(names)))
    columns = [f"{name}[{x}]" for name in names for x in ("2", "20")]
    figure = figure_rank_ecdf(pd.DataFrame(ranks, columns=columns))
    figure.canvas.draw()
    boxes = [axis.title.get_window_extent() for axis in figure.axes]
    for left, right in itertools.combinations(boxes, 2):
        assert not left.overlaps(right)
    assert all(figure.bbox.contains(*corner) for x in boxes for corner in x.corners())


def test_the_figure_draws_every_element_over_one_envelope() -> None:
    figure = figure_rank_ecdf(ranks_of(rows()))
    assert isinstance(figure, Figure)
    (axis,) = figure.axes
    assert len(axis.collections) == 1
    # Two elements and the line at zero.
    assert len(axis.lines) == 3
