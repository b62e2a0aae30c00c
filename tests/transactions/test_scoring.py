"""Scores of a cleaning against the truth of a twin."""

import duckdb
import pyarrow.parquet as pq
import pytest

from data.errors import DataError
from data.transactions.clean import Work, clean_transactions
from data.transactions.dialects import DIALECTS
from data.transactions.presets import PRESETS
from models.transactions.files import PARQUET, TIDY
from models.transactions.rates import ErrorRates
from models.transactions.scoring import (
    EVERYTHING,
    PRECISION,
    RECALL,
    biases,
    compare_measures,
    score_cleaning,
)
from models.transactions.simulation import Scenario
from models.transactions.twin import write_twin
from studies.transactions import recovery as study


def write(folder, rates, trades=1500):
    scenario = Scenario(trades=trades, securities=10, rates=rates)
    write_twin(scenario, folder, "wrds", PARQUET, TIDY)
    return folder


@pytest.fixture(scope="module")
def twin(tmp_path_factory):
    return write(tmp_path_factory.mktemp("twin"), ErrorRates().times(2))


@pytest.fixture(scope="module")
def cleaned(twin, tmp_path_factory):
    out = tmp_path_factory.mktemp("cleaned")
    clean_transactions(
        [twin / "messages"],
        DIALECTS["wrds"],
        PRESETS["workbench"],
        out,
        work=Work(buckets=1),
    )
    return out


def shares(scores, measure):
    chosen = scores[scores["measure"] == measure]
    return chosen.set_index("reason")["share"]


def moved(cleaned, twin, tmp_path, fate):
    """The same cleaning with one regular row of a fate on the other side."""
    here, there = ("clean", "rejects") if fate == "live" else ("rejects", "clean")
    mistake = "'mistake' AS reason" if fate == "live" else "NULL AS nothing"
    with duckdb.connect() as connection:
        for kind in ("clean", "rejects"):
            (tmp_path / kind).mkdir()
            connection.execute(
                f"CREATE VIEW {kind} AS FROM read_parquet('{cleaned}/{kind}/*.parquet')"
            )
        (row,) = connection.execute(
            f"""SELECT MIN(row_id) FROM {here} SEMI JOIN (
                FROM '{twin}/truth/*.parquet' WHERE terms = '' AND fate = '{fate}'
            ) USING (row_id)"""
        ).fetchall()[0]
        columns = [
            d[0] for d in connection.execute(f"FROM {there} LIMIT 0").description
        ]
        shared = [
            d[0]
            for d in connection.execute(f"FROM {here} LIMIT 0").description
            if d[0] in columns
        ]
        moving = (
            f"SELECT {', '.join(shared)}, {mistake} FROM {here} WHERE row_id = {row}"
        )
        for kind, query in (
            (here, f"FROM {here} WHERE row_id <> {row}"),
            (there, f"FROM {there} UNION ALL BY NAME {moving}"),
        ):
            path = tmp_path / kind / "all.parquet"
            connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    return score_cleaning(twin, tmp_path)


def test_the_workbench_finds_what_was_simulated(twin, cleaned):
    scores = score_cleaning(twin, cleaned)
    assert shares(scores, RECALL)[EVERYTHING] > 0.999
    assert shares(scores, PRECISION)[EVERYTHING] > 0.995
    assert (shares(scores, RECALL).filter(like="void") > 0.98).all()
    truth = pq.read_table(twin / "truth").to_pandas()
    regular = truth[(truth["terms"] == "") & (truth["fate"] != "live")]
    recall = scores[scores["measure"] == RECALL]
    assert recall["rows"].iloc[1:].sum() == len(regular)


def test_a_live_row_that_is_removed_costs_recall(twin, cleaned, tmp_path):
    before = score_cleaning(twin, cleaned).iloc[0]
    after = moved(cleaned, twin, tmp_path, "live")
    whole = after[after["reason"] == EVERYTHING].set_index("measure")
    assert whole.loc[RECALL, "right_rows"] == before["right_rows"] - 1
    assert shares(after, PRECISION)["mistake"] == 0.0


def test_a_void_row_that_is_kept_costs_precision(twin, cleaned, tmp_path):
    before = score_cleaning(twin, cleaned).iloc[1]
    after = moved(cleaned, twin, tmp_path, "void").iloc[1]
    assert before["measure"] == after["measure"] == PRECISION
    assert after["rows"] == before["rows"] + 1
    assert after["right_rows"] == before["right_rows"]


def test_without_errors_the_measures_are_the_true_ones(tmp_path):
    twin = write(tmp_path / "twin", ErrorRates().times(0), trades=600)
    clean_transactions(
        [twin / "messages"],
        DIALECTS["wrds"],
        PRESETS["workbench"],
        tmp_path / "out",
        work=Work(buckets=1),
    )
    compared = compare_measures(twin, tmp_path / "out")
    for name in ("volume_usd", "vwap", "amihud", "effective_spread_bp"):
        true, found = compared[f"{name}_true"], compared[f"{name}_cleaned"]
        assert true.notna().any()
        assert found.equals(true) or abs(found - true).max() < 1e-6 * true.max()
    assert all(abs(value) < 1e-6 for value in biases(compared).values())


def test_a_cleaning_of_other_messages_is_refused(cleaned, tmp_path):
    other = write(tmp_path / "twin", ErrorRates(), trades=200)
    with pytest.raises(DataError, match="lacks"):
        score_cleaning(other, cleaned)
    with pytest.raises(DataError, match="holds no truth/"):
        score_cleaning(tmp_path, cleaned)


def test_the_study_scores_every_cleaning(monkeypatch):
    monkeypatch.setattr(study, "FACTORS", (1.0,))
    monkeypatch.setattr(study, "NUM_SECURITIES", 8)
    seen = []
    scores, summary = study.recovery(300, 1, lambda s, _: seen.append(len(s)))
    assert len(seen) == len(summary) == len(PRESETS) + len(study.TREASURY_POLICIES)
    assert summary.set_index("cleaning").loc["workbench", "recall"] > 0.97
    assert set(scores["market"]) == {"corporate", "treasury"}
