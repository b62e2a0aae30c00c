"""The curve as a Gaussian process: the closed form within it, truth, real quotes."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from typer.testing import CliRunner

from data.errors import DataError
from data.market.kernel_ridge.kernel import kernel
from data.trading_costs.quote_panel import quote_panel_from_frame, write_quote_panel
from inference.__main__ import app
from inference.fitting import fit
from inference.settings import SamplerSettings
from inference.trading_costs.curve_prepare import prepare_yield_curve
from models.trading_costs.cross_section import (
    CrossSectionSpecification,
    select_cross_section,
)
from models.trading_costs.yield_curve import (
    YieldCurvePriors,
    directions_of,
    draw_curves,
    num_informed,
    yield_curve_model,
)
from tests.trading_costs.quote_frames import flat_quotes
from tests.trading_costs.reference_days import reference_day
from tests.trading_costs.traces import cross_section, curve_panel

DAYS = np.array([200.0, 1000.0, 4000.0, 10_000.0])


def test_the_directions_hold_the_prior_of_the_prices():
    bonds = cross_section()
    found = directions_of(bonds)
    prior = (found.loading * found.variance) @ found.loading.T
    scale = np.sqrt(np.diag(bonds.reference.covariance))
    apart = (prior - bonds.reference.covariance) / np.outer(scale, scale)
    assert np.abs(apart).max() < 1e-6
    on_curve = bonds.cash_flows.sum(1) + found.loading @ found.center
    np.testing.assert_allclose(on_curve, bonds.reference.fitted, atol=1e-4)


def test_curves_drawn_without_noise_are_the_closed_form():
    bonds = cross_section()
    center = directions_of(bonds).center[None]
    rng = np.random.default_rng(1)
    found = draw_curves(bonds, center, np.zeros(1), DAYS, rng)
    np.testing.assert_allclose(
        found.discount[0], bonds.reference.discount(DAYS), atol=1e-7
    )
    np.testing.assert_allclose(
        found.forward[0], bonds.reference.forward(DAYS), atol=1e-6
    )


def test_curves_drawn_from_the_prior_have_its_covariance():
    bonds = cross_section()
    found = directions_of(bonds)
    rng, number = np.random.default_rng(2), 40_000
    sd = np.sqrt(found.variance)
    draws = draw_curves(
        bonds, sd * rng.normal(size=(number, len(sd))), np.ones(number), DAYS, rng
    )
    years = DAYS / 365
    expected = kernel(years[:, None], years, 0.05, 0.0)
    # Three standard errors of a covariance of so many draws are about two per cent.
    np.testing.assert_allclose(np.cov(draws.discount.T), expected, rtol=0.03)
    slope = -draws.forward * draws.discount
    np.testing.assert_allclose(
        np.var(slope, axis=0), np.exp(-0.05 * years) / 0.05, rtol=0.03
    )


def test_the_density_is_that_of_students_t_around_the_curve():
    bonds = cross_section()
    model = yield_curve_model(bonds)
    found = directions_of(bonds)
    first = num_informed(found, YieldCurvePriors())
    rng = np.random.default_rng(3)
    informed, rest = (
        rng.normal(size=first),
        rng.normal(size=len(found.variance) - first),
    )
    scale, noise, tick, beyond = 0.004, 0.7, 0.02, 2.5
    point = {
        "scale_log__": np.log(scale),
        "noise_bp_log__": np.log(noise),
        "price_noise_log__": np.log(tick),
        "freedom_beyond_1_log__": np.log(beyond),
        "informed": informed,
        "uninformed": rest,
    }
    sd = scale * np.sqrt(found.variance)
    coefficients = np.r_[informed + found.center[:first], sd[first:] * rest]
    price = bonds.cash_flows.sum(1) + found.loading @ coefficients
    in_bp = 1e4 / bonds.dollar_durations
    expected = (
        stats.t.logpdf(
            in_bp * (bonds.prices - price),
            1 + beyond,
            scale=np.hypot(noise, in_bp * tick),
        ).sum()
        + stats.norm.logpdf(coefficients[:first], scale=sd[:first]).sum()
    )
    logps = model.point_logps(point, round_vals=8)
    assert logps["deviation_bp"] + logps["informed"] == pytest.approx(expected)


def test_the_last_day_and_its_notes_and_bonds_are_taken():
    bonds = cross_section()
    assert bonds.date == pd.Timestamp("2024-12-31")
    assert list(bonds.securities[[0, -1]]) == ["2Y", "30Y"]
    assert "BILL" not in bonds.securities


@pytest.mark.parametrize(
    ("specification", "message"),
    [
        ({"date": "2020-01-01"}, "no quotes on 2020-01-01"),
        ({"issues": "off-the-run"}, "3 securities on 2024-12-31 of the off-the-run"),
        ({"kinds": ("bill",)}, "0 securities on 2024-12-31 of the all bill"),
    ],
)
def test_a_day_without_a_curve_is_refused(specification, message):
    with pytest.raises(DataError, match=message):
        select_cross_section(curve_panel(), CrossSectionSpecification(**specification))


def test_quotes_without_terms_make_no_curve():
    bare = flat_quotes()[["time", "security", "bid_price", "ask_price"]]
    with pytest.raises(DataError, match="no quote has terms"):
        select_cross_section(
            quote_panel_from_frame(bare, "here"), CrossSectionSpecification()
        )


def _simulated_day(shared):
    """Prices of real bonds on a curve of the prior, with Student-t noise."""
    known = reference_day(shared, "2018-12-31")
    bonds = known.bonds.iloc[::3]
    rng = np.random.default_rng(7)
    flows, days = known.cash_flows[::3], known.days
    years = np.r_[days, 365 * np.array([2, 5, 10, 20])] / 365
    covariance = kernel(years[:, None], years, 0.05, 0.0)
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0))
    # Around a flat curve of 3 percent, or discount factors would leave 0 to 1.
    path = np.exp(-0.03 * years) + 0.003 * root @ rng.normal(size=len(years))
    noise = np.hypot(0.5 * 1e-4 * bonds["duration"] * bonds["dirty_mid"], 0.01)
    dirty = flows @ path[: len(days)] + noise * rng.standard_t(4, len(bonds))
    clean = dirty - bonds["accrued"]
    frame = pd.DataFrame(
        {
            "time": pd.Timestamp("2018-12-31 17:00"),
            "security": bonds["cusip"],
            "maturity_date": pd.to_datetime(bonds["maturity"]),
            "coupon_percent": bonds["coupon"],
            "dated_date": pd.to_datetime(bonds["issue"]),
            "bid_price": clean - 0.01,
            "ask_price": clean + 0.01,
            "settlement_days": 0,
        }
    )
    truth = -np.log(path[len(days) :]) / np.array([2, 5, 10, 20])
    return quote_panel_from_frame(frame, "simulated"), truth


@pytest.mark.long
def test_truth_is_recovered_from_simulated_prices(shared):
    panel, truth = _simulated_day(shared)
    settings = SamplerSettings(seed=2, draws=300, tune=400, chains=2)
    trace = fit(
        prepare_yield_curve(panel, CrossSectionSpecification()),
        settings,
        progressbar=False,
    )
    yields = trace["curve"]["yield_percent"].sel(maturity_year=[2, 5, 10, 20])
    middle, sd = yields.mean("sample"), yields.std("sample")
    # Four maturities: beyond 3.5 standard deviations once in five hundred tests.
    assert (np.abs(middle - 100 * truth) < 3.5 * sd).all()
    assert (100 * sd < 5.0).all()
    posterior = trace["posterior"]
    for name, value in {"scale": 0.003, "noise_bp": 0.5, "price_noise": 0.01}.items():
        log = np.log(posterior[name].to_numpy().ravel())
        assert abs(log.mean() - np.log(value)) < 3.5 * max(log.std(), 0.1)
    pit = trace["prices"]["left_out_pit"].to_numpy()
    assert 0.88 < ((pit > 0.025) & (pit < 0.975)).mean() <= 1
    assert bool(trace["curve"]["is_extrapolated"].sel(maturity_year=30))


def test_the_command_refuses_a_kind_without_fixed_payments(tmp_path):
    path = tmp_path / "quotes.parquet"
    write_quote_panel(flat_quotes(), path)
    given = ["fit", "yield-curve", "--panel", str(path), "--kind", "TIPS"]
    result = CliRunner().invoke(app, [*given, "--out", str(tmp_path / "curve.nc")])
    assert result.exit_code == 2
    assert "give some of note, bond, bill" in result.output
