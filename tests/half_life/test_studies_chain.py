"""The chain study with draws made up: what it hands on, compares and keeps."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from numpy.testing import assert_allclose
from typer.testing import CliRunner

from data.half_life.basis_events_panel import basis_events_from_frame
from models.half_life.joint_inputs import joint_inputs
from models.half_life.joint_simulation import simulate_joint_decay
from studies.__main__ import app
from studies.half_life import chain_recovery as study

NUM_DAYS = 300


class MadeUpPosterior:
    """In place of `CompiledModel`: takes the data, and draws around one half."""

    def __init__(self, model, names):
        self.model, self.names = model, names

    def sample(self, data, settings, start=None):
        for name, values in data.items():
            assert np.shape(values) == self.model[name].get_value().shape, name
        rng = np.random.default_rng(settings.seed)
        size = settings.chains, 20
        draws, coords = {}, {}
        for name in self.names:
            dims = self.model.named_vars_to_dims.get(name) or ()
            coords |= {dim: list(self.model.coords[dim]) for dim in dims}
            shape = *size, *(len(coords[dim]) for dim in dims)
            values = 0.5 * np.exp(0.1 * rng.standard_normal(shape))
            draws[name] = (("chain", "draw", *dims), values)
        calm = {"diverging": (("chain", "draw"), np.zeros(size, bool))}
        return xr.DataTree.from_dict(
            {
                "posterior": xr.Dataset(draws, coords=coords),
                "sample_stats": xr.Dataset(calm),
            }
        )


@pytest.fixture(autouse=True)
def _made_up(monkeypatch):
    monkeypatch.setattr(study, "CompiledModel", MadeUpPosterior)
    monkeypatch.setattr(study, "_HAZARDS", {})
    yield
    study._compiled_joint.cache_clear()
    study._compiled_basis.cache_clear()


def test_every_estimator_is_held_against_one_truth():
    rows = study.chain_replication(1, NUM_DAYS)
    coefficient = rows[rows["parameter"] == "coefficient"]
    assert coefficient["variant"].value_counts().to_dict() == {
        study.JOINT: 2,
        "two steps, transitory": 2,
        "two steps, autoregressive": 2,
    }
    truth = coefficient.groupby("element")["truth"].unique()
    assert {name: list(x) for name, x in truth.items()} == {
        "dealer_hhi": [-0.5],
        "ats_share": [0.6],
    }


def test_the_average_effect_belongs_to_the_median():
    """Half-lives at average covariates are those of the truth, effects and all."""
    twin = simulate_joint_decay(3, NUM_DAYS)
    inputs = joint_inputs(basis_events_from_frame(twin.frame, "twin"), study.NAMES)
    truth = study.true_parameters(twin, inputs)
    events = twin.events
    effect = events.event_tenor_effect.stack()  # noqa: PD013
    cells = [label.rsplit(":", 1) for label in inputs.event_tenors]
    centred = effect.loc[[(kind, int(tenor)) for kind, tenor in cells]]
    centred = centred - centred.mean()
    keys = zip(events.frame["event_type"], events.frame["tenor"], strict=True)
    date = events.date_effect - events.date_effect.mean()
    ratio = centred.loc[list(keys)].to_numpy()
    ratio = ratio + date.loc[events.frame["event_date"]].to_numpy()
    ratio = ratio + inputs.standardized @ truth["coefficient"].to_numpy()
    median = float(truth["median_half_life_days"]) * np.exp(-ratio)
    expected = twin.parameters.median_half_life_days * np.exp(-events.linear_predictor)
    assert_allclose(median, expected, rtol=1e-9)


def test_coverage_is_counted_by_replication():
    rows = pd.DataFrame(
        {
            "variant": "a",
            "parameter": "coefficient",
            "seed": [1, 1, 2, 2],
            "truth": [1.0, 2.0, 1.0, 2.0],
            "mean": [0.5, 1.0, 0.5, 1.0],
            "sd": 0.25,
            "is_covered": [True, True, False, False],
        }
    )
    (found,) = study.summarize_chain(rows).to_dict("records")
    assert (found["intervals"], found["share_covered"]) == (4, 0.5)
    # Two replications, all of one or none: the spread of two numbers 0 and 1.
    assert found["standard_error"] == pytest.approx(0.5)
    assert found["mean_ratio"] == pytest.approx(0.5)
    assert found["mean_error_sd"] == pytest.approx(-3.0)


def test_replications_that_are_kept_are_not_run_again(tmp_path):
    out = tmp_path / "chain.csv"
    command = ["recovery", "basis-events", "--days", "300", "--out", str(out)]
    done = CliRunner().invoke(app, [*command, "--replications", "1"])
    assert done.exit_code == 0, done.output
    first = pd.read_csv(out)
    marked = first.assign(mean=7.0)
    marked.to_csv(out, index=False)
    done = CliRunner().invoke(app, [*command, "--replications", "2"])
    assert done.exit_code == 0, done.output
    both = pd.read_csv(out)
    assert (both.loc[both["seed"] == 1, "mean"] == 7.0).all()
    assert set(both["seed"]) == {1, 2}
    assert (tmp_path / "chain_summary.csv").is_file()
