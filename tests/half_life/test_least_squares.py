import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import t

from analysis.half_life.least_squares import COVARIATES, robust_linear_regression
from analysis.half_life.notebook_regression import notebook_rows
from data.errors import DataError
from tests.half_life.frames import event_frame, event_panel, with_imputations

# Volumes of millions beside shares: the regression is solved to some nine digits.
SOLVED = 1e-6


def test_estimates_and_robust_errors_are_those_of_the_notebooks_equation():
    frame = event_frame(num_events=400)

    table = robust_linear_regression(event_panel(frame)).set_index("term")

    resolved = frame[~frame["is_censored"]]
    cells = resolved["event_type"] + resolved["tenor"].astype(str)
    indicators = (cells.to_numpy()[:, None] == np.unique(cells)).astype(float)
    regressors = np.hstack([resolved[list(COVARIATES)].to_numpy(), indicators])
    scale = regressors.std(axis=0)
    fit = sm.OLS(resolved["half_life_days"].to_numpy(), regressors / scale).fit(
        cov_type="HC1"
    )
    for k, name in enumerate(COVARIATES):
        found = table.loc[name]
        assert found["estimate"] == pytest.approx(fit.params[k] / scale[k], rel=SOLVED)
        assert found["standard_error"] == pytest.approx(
            fit.bse[k] / scale[k], rel=SOLVED
        )
    assert table["nobs"].iloc[0] == len(resolved)
    assert table["r2"].iloc[0] == pytest.approx(fit.rsquared, rel=SOLVED)
    assert (table["rank"] == table["num_terms"]).all()


def test_a_rank_deficient_regression_is_run_and_says_so():
    frame = event_frame().assign(dealer_hhi=1.0, trade_count=1.0, dealer_count=1.0)

    table = robust_linear_regression(event_panel(frame))

    assert {"dealer_hhi", "trade_count"} <= set(table["term"])
    assert (table["rank"] < table["num_terms"]).all()


def test_every_event_is_a_row_even_where_two_share_an_outcome():
    frame = event_frame()
    resolved = frame[~frame["is_censored"]]
    twice = resolved.assign(event_type="zz_speech")

    both = type(frame)(
        {name: [*resolved[name], *twice[name]] for name in frame.columns}
    )

    assert robust_linear_regression(event_panel(both))["nobs"].iloc[0] == len(both)


def test_covariates_can_be_others_and_unknown_ones_are_left_out():
    frame = event_frame().assign(bid_ask_spread=np.nan)

    table = robust_linear_regression(
        event_panel(frame), ("ats_share", "bid_ask_spread")
    )

    assert "ats_share" in set(table["term"])
    assert "bid_ask_spread" not in set(table["term"])


def test_imputations_are_joined_by_rubins_rules():
    frame = with_imputations(event_frame(num_events=400), 3)
    alone = [
        robust_linear_regression(event_panel(rows.assign(imputation=0))).set_index(
            "term"
        )
        for _, rows in frame.groupby("imputation")
    ]

    joined = robust_linear_regression(event_panel(frame)).set_index("term")

    estimates = np.array([table.loc["ats_share", "estimate"] for table in alone])
    errors = np.array([table.loc["ats_share", "standard_error"] for table in alone])
    within, between = (errors**2).mean(), estimates.var(ddof=1)
    found = joined.loc["ats_share"]
    assert found["estimate"] == pytest.approx(estimates.mean())
    assert found["standard_error"] == pytest.approx(np.sqrt(within + 4 / 3 * between))
    degrees = 2 * (1 + within / (4 / 3 * between)) ** 2
    assert found["p"] == pytest.approx(2 * t.sf(abs(found["t"]), degrees))
    assert found["t"] == pytest.approx(found["estimate"] / found["standard_error"])


def test_censored_events_alone_are_refused():
    censored = event_frame().assign(half_life_days=10.0, is_censored=True)
    with pytest.raises(DataError, match="no resolved event"):
        robust_linear_regression(event_panel(censored))


def test_half_lives_that_are_all_equal_are_refused():
    tied = event_panel(event_frame().assign(half_life_days=1.0, is_censored=False))
    with pytest.raises(DataError, match="all half-lives of resolved events are equal"):
        robust_linear_regression(tied)
    assert notebook_rows(tied).empty
    assert not notebook_rows(event_panel(event_frame())).empty
