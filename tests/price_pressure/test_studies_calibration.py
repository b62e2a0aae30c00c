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
from studies.calibration import Calibration, rank_table, summarize_calibration
from studies.figures import figure_rank_ecdf
from studies.price_pressure.calibration import simulate_from_prior
from studies.price_pressure.compiled_price_pressure import PARAMETERS
from studies.price_pressure.recovery import simulated_panel

NUM_WEEKS = 60


def ranks() -> xr.Dataset:
    """Uniform ranks of the first factor, ranks near one half of the second."""
    rng = np.random.default_rng(2)
    level = rng.uniform(size=100)
    slope = rng.beta(5, 5, size=100)
    return xr.Dataset(
        {"persistence": (("replication", "factor"), np.stack([level, slope], axis=1))},
        {"factor": ["level", "slope"]},
    )


@cache
def model() -> pm.Model:
    variant = VARIANTS["net-order-flow"]
    return price_pressure_model(simulated_panel(variant, 1, NUM_WEEKS), variant)


def test_a_simulation_holds_every_parameter_and_all_yields() -> None:
    truth, yields = simulate_from_prior(model(), seed=3)
    held = [name for name in PARAMETERS if name in model().named_vars]
    assert list(truth.data_vars) == held
    assert yields.shape == (NUM_WEEKS, 4)
    assert np.isfinite(yields).all()


def test_simulated_yields_follow_from_the_parameters_drawn_with_them() -> None:
    # Four yields, three factors: one portfolio of yields carries no factor, only the
    # pressure of inventories and noise.
    loading = nelson_siegel_loadings(DECAY_PER_MONTH, TENOR_MONTHS)
    portfolio = np.linalg.svd(loading)[0][:, -1]
    inventory = model()["inventory_dv01_musd"].get_value()
    for seed in range(5):
        truth, yields = simulate_from_prior(model(), seed)
        coefficient = truth["price_pressure"].to_numpy()
        pressure = (inventory * coefficient[:, None, :]).sum(axis=0)
        sd = np.sqrt(portfolio**2 @ truth["yield_noise_sd_bp"].to_numpy() ** 2)
        standardized = (yields - pressure) @ portfolio / sd
        # Standard error of a standard deviation of 60 values is 0.09; four of them.
        assert standardized.std() == pytest.approx(1.0, abs=0.36)
        assert standardized.mean() == pytest.approx(0.0, abs=4 / NUM_WEEKS**0.5)


def test_uniform_ranks_pass_and_ranks_heaped_in_the_middle_do_not() -> None:
    table = summarize_calibration(ranks()).set_index("parameter")
    assert table["is_calibrated"].to_dict() == {
        "persistence[level]": True,
        "persistence[slope]": False,
    }
    assert table.loc["persistence[slope]", "p_value_holm"] < 0.01
    assert table.loc["persistence[level]", "p_value"] > 0.05


def test_p_values_are_corrected_for_their_number() -> None:
    table = summarize_calibration(ranks())
    smallest = table["p_value"].min()
    assert table["p_value_holm"].min() == pytest.approx(2 * smallest)


def test_the_table_of_ranks_has_a_row_a_simulation_with_its_fit() -> None:
    fits = pd.DataFrame({"seed": np.arange(100), "divergences": 0})
    table = rank_table(Calibration(ranks(), fits))
    assert table.columns.tolist() == [
        "seed",
        "divergences",
        "persistence[level]",
        "persistence[slope]",
    ]
    assert len(table) == 100 and not table.isna().any(axis=None)


def test_the_figure_draws_every_element_over_one_envelope() -> None:
    figure = figure_rank_ecdf(ranks())
    assert isinstance(figure, Figure)
    (axis,) = figure.axes
    assert len(axis.collections) == 1
    # Two elements and the line at zero.
    assert len(axis.lines) == 3
