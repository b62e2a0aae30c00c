"""The same rows from Spark, where it is, and from the rules written in Polars."""

import duckdb
import pytest

from data.transactions.layout import line_of
from data.transactions.presets import PRESETS
from data.transactions.rules import FILTER_STEP, rule_queries
from models.transactions.files import PARQUET, TIDY
from models.transactions.rates import ErrorRates
from models.transactions.simulation import Scenario
from models.transactions.twin import write_twin
from tests.transactions.files import cleaned, rows_of
from tests.transactions.messages import clean, table
from tests.transactions.test_engine import random_messages

sqlglot = pytest.importorskip("sqlglot")


def in_spark(query: str) -> str:
    (translated,) = sqlglot.transpile(query, read="duckdb", write="spark")
    return translated


@pytest.mark.parametrize("preset", PRESETS)
def test_every_step_can_be_said_in_the_words_of_spark(preset):
    queries = list(rule_queries(PRESETS[preset]))
    assert len(queries) > 5
    for _, query in queries:
        assert sqlglot.parse_one(in_spark(query), read="spark")


@pytest.mark.filterwarnings("ignore")
def test_the_same_rows_are_kept_on_spark(tmp_path):
    pyspark = pytest.importorskip("pyspark.sql")
    rows = random_messages(trades=60)
    connection = duckdb.connect()
    table(connection, rows)
    file = tmp_path / "messages.parquet"
    connection.execute(f"COPY messages TO '{file}' (FORMAT parquet)")
    spark = (
        pyspark.SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .getOrCreate()
    )
    try:
        spark.read.parquet(str(file)).createOrReplaceTempView("messages")
        gone: dict[int, str] = {}
        for name, query in rule_queries(PRESETS["workbench"]):
            removed = ", ".join(map(str, gone)) or "-1"
            spark.sql(
                f"SELECT * FROM messages WHERE row_id NOT IN ({removed})"
            ).createOrReplaceTempView("live")
            for row in spark.sql(in_spark(query)).collect():
                assert row.row_id not in gone
                gone[row.row_id] = row.reason if name == FILTER_STEP else name
    finally:
        spark.stop()
    kept, expected = clean(rows)
    assert gone == {row: fate[0] for row, fate in expected.items()}
    assert kept == set(range(1, len(rows) + 1)) - set(gone)


def test_the_rules_written_in_polars_keep_the_same_rows(tmp_path):
    pytest.importorskip("polars")
    from benchmarks.transactions.polars_form import kept_rows, wrds_messages

    scenario = Scenario(
        trades=1500,
        securities=12,
        first="2011-01-03",
        last="2014-12-31",
        rates=ErrorRates().times(3),
    )
    write_twin(scenario, tmp_path / "twin", "wrds", PARQUET, TIDY)
    folder = tmp_path / "twin" / "messages"
    report = cleaned(tmp_path / "out", folder)
    assert report["rows"]["rejected"] > 1000
    found = kept_rows(wrds_messages(folder))["row_id"].to_list()
    ours = rows_of(tmp_path / "out", "clean", "row_id")
    assert sorted(found) == sorted(line_of(row) - 1 for (row,) in ours)
