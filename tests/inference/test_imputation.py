"""What pooled draws know, against pooling simulated again and again."""

import arviz as az
import numpy as np
import pytest
import xarray as xr

from inference.checks.diagnostics import (
    MINIMUM_EFFECTIVE_SAMPLE_SIZE,
    RunDiagnostics,
    diagnose,
    diagnose_run,
    failures,
)
from inference.sampling.imputation import (
    BETWEEN,
    MISSING_INFORMATION,
    WITHIN,
    along_imputations,
    centred_by_imputation,
    imputation_variances,
    num_imputations,
    pooled_chains,
    pooled_variances,
    variances,
)
from tests.inference.toy import toy_trace

# Variances of a few thousand numbers, computed twice.
EXACT = 1e-12

MEANS = np.array([0.0, 1.0, 5.0])


def parts(num_chains=2, num_draws=400):
    rng = np.random.default_rng(1)
    return [
        xr.Dataset(
            {"x": (("chain", "draw"), mean + rng.normal(size=(num_chains, num_draws)))}
        )
        for mean in MEANS
    ]


def test_pooled_chains_keep_their_imputation():
    pooled = pooled_chains(parts())

    assert pooled["chain"].to_numpy().tolist() == list(range(6))
    assert pooled["imputation"].to_numpy().tolist() == [0, 0, 1, 1, 2, 2]
    assert num_imputations(pooled) == 3
    split = along_imputations(pooled)
    for k, original in enumerate(parts()):
        np.testing.assert_array_equal(split["x"][k], original["x"])


def test_chains_are_sorted_by_imputation_before_they_are_split():
    pooled = pooled_chains(parts()).isel(chain=[4, 0, 2, 1, 5, 3])

    split = along_imputations(pooled)

    for k, original in enumerate(parts()):
        np.testing.assert_array_equal(split["x"][k], original["x"])


def test_draws_of_one_data_set_are_one_part():
    (draws,) = parts()[:1]

    assert along_imputations(draws).sizes["imputation"] == 1
    assert num_imputations(draws) == 1
    assert centred_by_imputation(draws) is draws


def test_variances_add_up_by_rubins_rules():
    originals = parts()

    found = imputation_variances(pooled_chains(originals))["x"]

    means = [float(part["x"].mean()) for part in originals]
    within = np.mean([float(part["x"].var(ddof=1)) for part in originals])
    noise = np.mean(
        [float(az.mcse(part, method="mean")["x"]) ** 2 for part in originals]
    )
    between = np.var(means, ddof=1) - noise
    share = (4 / 3 * between) / (within + 4 / 3 * between)
    assert found.sel(statistic=WITHIN) == pytest.approx(within, rel=EXACT)
    assert found.sel(statistic=BETWEEN) == pytest.approx(between, rel=EXACT)
    assert found.sel(statistic=MISSING_INFORMATION) == pytest.approx(share, rel=EXACT)


def test_centring_takes_each_imputations_mean_away():
    centred = along_imputations(centred_by_imputation(pooled_chains(parts())))

    assert np.abs(centred["x"].mean(("chain", "draw"))).max() < 1e-9


def imputed_draws(number, between_sd, seed, num_draws=100):
    """Two chains of independent draws around means of their own."""
    rng = np.random.default_rng(seed)
    means = rng.normal(0, between_sd, (number, 1, 1))
    return means + rng.normal(size=(number, 2, num_draws))


def pooled(draws):
    dims = ("chain", "draw")
    return pooled_chains([xr.Dataset({"x": (dims, part)}) for part in draws])


@pytest.mark.parametrize("between_sd", [0.0, 0.3, 6.0])
def test_the_error_of_a_pooled_mean_is_that_of_pooling_anew(between_sd):
    simulated = [imputed_draws(20, between_sd, seed) for seed in range(300)]
    of_means = np.std([draws.mean() for draws in simulated], ddof=1)

    found = [
        variances(along_imputations(pooled(draws))).squared_error["x"].item()
        for draws in simulated[:60]
    ]

    # The sd of 300 means is known to 4%, the root mean of 60 errors to 3%. Without
    # variance between them, what is found of it by chance is not taken off: 10%.
    assert np.sqrt(np.mean(found)) == pytest.approx(of_means, rel=0.2)


@pytest.mark.parametrize("between_sd", [0.0, 1.0, 30.0])
def test_the_effective_number_is_the_variance_over_that_of_the_mean(between_sd):
    number, num_draws = 20, 100
    draws = [imputed_draws(number, between_sd, seed, num_draws) for seed in range(40)]

    found = [
        variances(along_imputations(pooled(x))).effective_number["x"].item()
        for x in draws
    ]

    total = 1 + between_sd**2
    exact = total / ((between_sd**2 + 1 / (2 * num_draws)) / number)
    # A variance of 20 means is known to 32%, the mean of 40 of its inverses to 10%.
    assert np.median(found) == pytest.approx(exact, rel=0.25)


def test_where_the_data_are_all_the_uncertainty_imputations_are_the_numbers():
    draws = pooled(imputed_draws(30, 50.0, 3))

    found = pooled_variances(draws)

    for scale in ("bulk", "lower", "upper"):
        number = found[scale].effective_number["x"].item()
        assert 30 <= number < 45, scale
        # As many as the effective number asked for, when nothing else is uncertain.
        assert 300 < found[scale].needed(400.0)["x"].item() <= 400


def test_as_many_imputations_as_were_said_to_be_needed_are_enough():
    """Nineteen times in twenty; here in all of twenty."""
    for seed in range(20):
        pilot = pooled_variances(pooled(imputed_draws(40, 1.0, seed)))["bulk"]
        needed = int(pilot.needed(400.0)["x"])
        again = pooled_variances(pooled(imputed_draws(needed, 1.0, 100 + seed)))["bulk"]
        # Said from half the variance being that of the data, known to some 15%.
        assert 150 < needed < 350
        assert again.effective_number["x"].item() > 370


def imputed_toy(number, between_sd, num_draws=100):
    """A trace whose `mean` is known up to imputations that differ by so much."""
    trace = toy_trace().isel(draw=slice(num_draws), chain=slice(2)).copy(deep=True)
    rng = np.random.default_rng(5)
    names = ("posterior", "sample_stats", "log_likelihood", "log_prior")
    found = {name: [] for name in names}
    shape = (2, num_draws)
    for _ in range(number):
        mean = between_sd * rng.normal() + rng.normal(0, 0.26, shape)
        for name in names:
            group = trace[name].to_dataset()
            if name == "posterior":
                dims = ("chain", "draw")
                group = group[["mean"]].assign(mean=(dims, mean))
            found[name].append(group)
    tree = xr.DataTree.from_dict({n: pooled_chains(found[n]) for n in names})
    tree["prior"] = trace["prior"].to_dataset()[["mean"]]
    tree["log_prior"] = tree["log_prior"].to_dataset()[["mean"]]
    tree.attrs = toy_trace().attrs
    return tree


def test_a_diagnosis_of_few_imputations_fails_and_says_how_many_are_needed():
    tree = imputed_toy(20, 1.5)
    table, run = diagnose(tree), diagnose_run(tree)

    (row,) = table.to_dict("records")
    assert run.num_imputations == 20
    assert len(run.e_bfmi) == 2
    assert 20 <= row["ess_bulk"] < 35
    assert 20 <= row["ess_tail"] < 60
    assert row["missing_information"] == pytest.approx(0.97, abs=0.02)
    # A fiftieth of it were what chains of 4,000 draws know of their own means.
    assert row["mcse_mean"] == pytest.approx(1.5 / np.sqrt(20), rel=0.4)
    (message,) = failures(table, run)
    assert message.startswith("20 imputations are too few for 1 of 1 parameters")
    assert f"{row['needed_imputations']:.0f} imputations are needed" in message
    assert 380 < row["needed_imputations"] <= 400


def test_imputations_that_hardly_differ_need_not_be_many():
    tree = imputed_toy(20, 0.01)
    table = diagnose(tree)

    assert failures(table, diagnose_run(tree)) == []
    assert table["missing_information"].max() < 0.1
    assert table["needed_imputations"].max() < 100


def test_chains_too_short_to_judge_an_imputation_by_fail():
    tree = imputed_toy(60, 0.01, num_draws=20)

    (message,) = failures(diagnose(tree), diagnose_run(tree))

    assert message.startswith("chains of an imputation are too short: the bulk")


def test_a_single_posterior_has_nothing_of_imputations():
    table = diagnose(toy_trace())

    assert table["missing_information"].isna().all()
    assert (table["largest_r_hat"] == 1.01).all()
    run = RunDiagnostics(0, (0.9, 1.1), 0)
    assert failures(table.assign(ess_bulk=399.0), run)[0].endswith(
        f"399, below {MINIMUM_EFFECTIVE_SAMPLE_SIZE:.0f}"
    )


def test_one_imputation_whose_chains_disagree_fails():
    tree = imputed_toy(400, 0.5)
    assert failures(diagnose(tree), diagnose_run(tree)) == []

    tree["posterior"]["mean"].loc[{"chain": 300}] += 0.4
    (message,) = failures(diagnose(tree), diagnose_run(tree))

    assert message.startswith("R-hat of mean is 1.")
