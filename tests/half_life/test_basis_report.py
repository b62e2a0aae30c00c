"""The decomposition's tables, figures and findings."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from analysis.half_life import basis
from analysis.half_life.basis import (
    DECOMPOSITION,
    VARIANCE_SHARES,
    decomposition_estimates,
    half_life_sentence,
    published_sentence,
    shares_beside_published,
    variance_shares,
)
from analysis.half_life.basis_paths import (
    BASIS_HALF_LIFE,
    BASIS_LEVEL,
    deviation_with,
)
from analysis.page.exhibit import Exhibit, figure_of, of_fit, sentences_of
from analysis.page.style import WIDTH_INCHES
from analysis.page.table import Table
from inference.checks.change_statistics import (
    change_autocorrelation,
    change_sd,
    travelled,
)
from inference.checks.diagnostics import NOT_INFORMED
from inference.half_life.basis_statistics import variance_ratio
from tests.half_life.basis_traces import TENORS, random_basis_fit

NO_EVENTS = pd.DataFrame({"date": pd.DatetimeIndex([]), "tenor": [], "is_censored": []})


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Publish other numbers, by the name of the parameter."""

    def publish(**values: list[float]) -> None:
        estimates = xr.Dataset(
            {name: ("tenor", numbers) for name, numbers in values.items()},
            coords={"tenor": TENORS},
        )
        monkeypatch.setattr(basis, "published_estimates", lambda _: estimates)

    return publish


def test_every_tenor_has_a_row_of_each_parameter() -> None:
    (shown,) = of_fit([DECOMPOSITION], random_basis_fit())
    table = shown.item
    assert isinstance(table, Table)
    tenors = table.frame.groupby("parameter")["tenor"].apply(list)
    assert tenors.tolist() == [TENORS] * 5
    assert table.display["Tenor"].tolist()[:4] == ["2y", "5y", "10y", "20y"]


def test_published_estimates_of_the_tenors_stand_beside() -> None:
    frame = decomposition_estimates(random_basis_fit())
    rows = frame[frame["parameter"] == "persistence"].set_index("tenor")
    assert rows.loc[[5, 20], "published"].tolist() == pytest.approx(
        [0.713, 0.9589], 1e-4
    )


def test_published_estimate_stands_in_its_own_row(
    published: Callable[..., None],
) -> None:
    published(half_life_days=[7.05, 2.05, 99.0, np.nan])
    frame = decomposition_estimates(random_basis_fit())
    rows = frame[frame["parameter"] == "half_life_days"].set_index("tenor")
    assert rows.loc[2, "published"] == 7.05
    assert rows.loc[10, "published_inside"] == False  # noqa: E712
    assert pd.isna(rows.loc[20, "published_inside"])
    others = frame[frame["parameter"] != "half_life_days"]
    assert others["published"].isna().all()


def test_shares_of_the_variance_add_up_in_every_draw() -> None:
    shares = variance_shares(random_basis_fit())
    np.testing.assert_allclose(shares.sum("component"), 100)


def test_day_without_a_quote_does_not_spoil_the_shares() -> None:
    assert np.isfinite(variance_shares(random_basis_fit())).all()


def test_days_without_a_quote_count_for_no_component() -> None:
    fit = random_basis_fit()

    shares = variance_shares(fit).sel(tenor=5).isel(sample=3)

    smoothed = fit.group("smoothed").sel(tenor=5).isel(sample=3)
    basis = fit.panel["basis_bp"].sel(tenor=5).to_numpy()
    quoted = np.isfinite(basis)
    level, deviation = (
        smoothed[name].to_numpy() for name in ("level_bp", "deviation_bp")
    )
    parts = [level, deviation, basis - level - deviation]
    variance = np.array([part[quoted].var(ddof=1) for part in parts])
    assert not quoted.all()
    np.testing.assert_allclose(shares, 100 * variance / variance.sum())


def test_published_share_stands_beside_the_level_only(
    published: Callable[..., None],
) -> None:
    published(structural_share_pct=[99, 99, 98, 68])
    frame = shares_beside_published(random_basis_fit()).set_index(
        ["component", "tenor"]
    )
    assert frame.loc[("level", 20), "published_pct"] == 68
    assert np.isnan(frame.loc[("deviation", 20), "published_pct"])


def _basis(changes: np.ndarray) -> xr.DataArray:
    values = np.concatenate([[0.0], changes.cumsum()])[:, None]
    return xr.DataArray(values, dims=("day", "tenor"), coords={"tenor": [5]})


def test_random_walk_has_a_variance_ratio_of_one_and_noise_a_tenth() -> None:
    rng = np.random.default_rng(0)
    steps = rng.normal(size=20_000)
    # Sampling error of the ratio over 20,000 days is about 0.02.
    assert variance_ratio(_basis(steps)).item() == pytest.approx(1, abs=0.08)
    noise = np.diff(steps, prepend=0.0)
    assert variance_ratio(_basis(noise)).item() == pytest.approx(0.1, abs=0.01)
    assert change_autocorrelation(_basis(noise), "day").item() == pytest.approx(
        -0.5, abs=0.03
    )


def test_statistics_of_changes_pass_over_missing_days() -> None:
    basis = _basis(np.array([1.0, -1.0, 1.0, -1.0, 2.0]))
    basis[2] = np.nan
    assert change_sd(basis, "day").item() == pytest.approx(np.std([1, -1, 2], ddof=1))
    assert travelled(basis, "day").item() == 2.0


UNITS = (
    (BASIS_LEVEL, "basis points"),
    (deviation_with(NO_EVENTS), "basis points"),
    (BASIS_HALF_LIFE, "trading days"),
)


@pytest.mark.parametrize(
    ("exhibit", "unit"), UNITS, ids=lambda x: getattr(x, "name", "")
)
def test_unit_is_on_the_figure(exhibit: Exhibit, unit: str) -> None:
    figure = figure_of(exhibit, random_basis_fit())
    words = " ".join(a.get_ylabel() + a.get_xlabel() for a in figure.axes)
    assert unit in words
    assert figure.get_size_inches()[0] == WIDTH_INCHES


def test_events_are_marked_in_the_panel_of_their_tenor() -> None:
    fit = random_basis_fit()
    day = pd.DatetimeIndex(fit.panel["day"].to_numpy())
    events = pd.DataFrame(
        {
            "date": day[[3, 9, 12]],
            "tenor": [5, 5, 7],
            "is_censored": [False, True, True],
        }
    )
    figure = figure_of(deviation_with(events), fit)
    marks = [
        [len(line.get_xdata()) for line in axes.lines if line.get_marker() == "|"]
        for axes in figure.axes
    ]
    assert marks == [[], [1, 1], [], []]


def test_events_outside_the_sample_are_not_marked() -> None:
    fit = random_basis_fit()
    events = pd.DataFrame(
        {
            "date": pd.to_datetime(["2009-01-02", "2010-02-02", "2024-01-02"]),
            "tenor": 5,
            "is_censored": False,
        }
    )
    axes = figure_of(deviation_with(events), fit).axes[1]
    marks = [line for line in axes.lines if line.get_marker() == "|"]
    assert len(marks[0].get_xdata()) == 1


def test_half_life_that_repeats_its_prior_is_left_out() -> None:
    fit = random_basis_fit()
    diagnostics = fit.diagnostics.copy()
    diagnostics.loc["half_life_days[5]", "information"] = NOT_INFORMED
    frame = decomposition_estimates(fit)
    sentence = half_life_sentence(replace(fit, diagnostics=diagnostics), frame)
    assert "at 2 years" in sentence
    assert "at 5 years" not in sentence


def test_published_fit_without_a_deviation_is_named(
    published: Callable[..., None],
) -> None:
    published(
        half_life_days=[7.05, 2.05, 2.5, 16.5],
        deviation_innovation_sd_bp=[2e-6, 3e-4, 5e-5, 1.46],
    )
    sentence = published_sentence(decomposition_estimates(random_basis_fit()))
    assert "At 2, 5 and 10 years the published fit gives the deviation" in sentence
    assert "20 years" not in sentence


def test_without_published_numbers_nothing_is_said_of_them(
    published: Callable[..., None],
) -> None:
    published(half_life_days=[np.nan] * 4)
    assert published_sentence(decomposition_estimates(random_basis_fit())) == ""


def test_share_of_the_deviation_is_stated_by_tenor() -> None:
    (shown,) = of_fit([VARIANCE_SHARES], random_basis_fit())
    (sentence,) = shown.sentences()
    assert "at 20 years" in sentence


def test_every_sentence_of_a_fit_can_be_made() -> None:
    shown = of_fit([DECOMPOSITION, VARIANCE_SHARES], random_basis_fit())
    sentences = list(sentences_of(shown))
    assert len(sentences) == 3
    assert all(isinstance(one, str) for one in sentences)
