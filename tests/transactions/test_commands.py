"""The command lines: clean transaction messages, explain one of them."""

import json

import duckdb
import pytest
from typer.testing import CliRunner

from data.__main__ import app
from data.transactions.layout import line_of
from data.transactions.measures.trades import open_trades
from tests.transactions.files import rows_of, write_text
from tests.transactions.messages import message as m

DAY = "2009-05-12"

CHAIN = [
    m(11, "T", DAY, par=40_000),
    m(12, "W", DAY, prior_sequence=11, par=45_000),
    m(13, "T", DAY, execution_time="11:00:00"),
    m(19, "W", DAY, prior_sequence=12, par=46_000),
]


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def chain(tmp_path):
    return write_text(tmp_path / "trace.csv", CHAIN, "wrds")


def test_clean_writes_its_results_and_shows_what_each_step_removed(chain, tmp_path):
    out = tmp_path / "out"
    result = run("clean", "transactions", chain, "--out", out)
    assert result.exit_code == 0, result.output
    assert result.stdout.strip() == str(out)
    assert "4 messages: 2 kept, 2 rejected" in result.stderr
    assert "old-number" in result.stderr
    assert "rows/s" in result.stderr
    report = json.loads((out / "report.json").read_text())
    assert report["rows"]["kept"] == 2
    assert report["inputs"][0]["sha256"]
    assert report["steps"][3] == {
        "step": "old-number",
        "source": report["steps"][3]["source"],
        "removed": 2,
        "left": 2,
    }


def test_explain_tells_the_life_of_a_message(chain, tmp_path):
    out = tmp_path / "out"
    run("clean", "transactions", chain, "--out", out)
    ids = {
        line_of(row[0]): row[0]
        for kind in ("clean", "rejects")
        for row in rows_of(out, kind, "row_id")
    }
    result = run("explain", ids[2], "--in", out)
    assert result.exit_code == 0, result.output
    told = result.stdout
    assert f"-> row {ids[2]} ({chain}, record 2)" in told
    assert f"rejected in step old-number: corrected by row {ids[4]}" in told
    assert f"rejected in step old-number: corrected by row {ids[2]}" in told
    assert "kept by preset workbench" in told
    assert str(ids[3]) not in told, "the other trade has no part in it"
    assert told.index("record 1") < told.index("record 2") < told.index("record 4")


def test_names_of_folders_and_files_are_no_patterns(tmp_path):
    # As a key and a value, too: it is no column of the files below.
    folder = tmp_path / "o'ut [old] 100% *? {a,b}" / "preset=wrds"
    folder.mkdir(parents=True)
    file = write_text(folder / "trace [1]*.csv", CHAIN, "wrds")
    decoy = write_text(folder / "trace 1?.csv", CHAIN * 3, "wrds")
    out = folder / "cleaned [x]"
    result = run("clean", "transactions", file, "--out", out, "--buckets", 2)
    assert result.exit_code == 0, result.output
    assert decoy.exists()
    assert "4 messages: 2 kept, 2 rejected" in result.stderr
    with open_trades(out) as connection:
        rows = connection.execute("SELECT row_id, preset FROM trade").fetchall()
    assert [preset for _, preset in rows] == ["workbench"] * 2
    told = run("explain", rows[0][0], "--in", out)
    assert told.exit_code == 0, told.output
    assert f"({file}, record " in told.stdout


@pytest.mark.parametrize("kept", [0.0, 0.5])
def test_a_cleaned_folder_that_is_damaged_is_refused(chain, tmp_path, kept):
    out = tmp_path / "out"
    run("clean", "transactions", chain, "--out", out, "--buckets", 1)
    with open_trades(out) as connection:
        (row_id,) = connection.execute("SELECT min(row_id) FROM trade").fetchone()
    for file in out.glob("clean/*.parquet"):
        content = file.read_bytes()
        file.write_bytes(content[: int(kept * len(content))])
    for arguments in (
        ("explain", row_id, "--in", out),
        (
            "build",
            "measures",
            "--trades",
            out,
            "--by",
            "cusip-day",
            "--out",
            tmp_path / "measures.csv",
        ),
    ):
        result = run(*arguments)
        assert result.exit_code == 2, result.output
        assert f"Error: {out} is damaged: " in result.stderr


def test_explain_refuses_what_is_not_there(chain, tmp_path):
    result = run("explain", 7, "--in", tmp_path)
    assert result.exit_code == 2
    assert "report.json" in result.stderr
    run("clean", "transactions", chain, "--out", tmp_path / "out")
    result = run("explain", 7, "--in", tmp_path / "out")
    assert result.exit_code == 2
    assert "no row 7" in result.stderr


def test_clean_takes_policy_filters_dates_and_preset(chain, tmp_path):
    out = tmp_path / "out"
    result = run(
        "clean", "transactions", chain, "--out", out, "--preset", "wrds",
        "--two-sided", "none", "--with", "when-issued", "--from", DAY, "--to", DAY,
        "--buckets", 3,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    report = json.loads((out / "report.json").read_text())
    assert report["preset"] == "wrds, none, with when-issued"
    assert report["two_sided"] == "none"
    assert report["steps"][-1]["step"] == "when-issued"
    assert report["selection"] == {"first": DAY, "last": DAY}


def test_clean_takes_a_query(chain, tmp_path):
    with duckdb.connect(str(tmp_path / "a.duckdb")) as database:
        database.execute(f"CREATE TABLE t AS FROM read_csv('{chain}', all_varchar = 1)")
    result = run(
        "clean", "transactions", "--out", tmp_path / "out",
        "--connection", f"duckdb:///{tmp_path / 'a.duckdb'}",
        "--sql", "SELECT * FROM t WHERE msg_seq_nb = $number",
        "--parameter", "number=13",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert rows_of(tmp_path / "out", "clean", "sequence") == [(13,)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--dialect", "sas"), "no dialect"),
        (("--preset", "mine"), "no preset"),
        (("--from", "March"), "--from March is no date"),
        (("--two-sided", "both"), "two-sided"),
        (("--without", "as-of"), "has no filter"),
        (("--from", "1000-01-01"), "--from 1000-01-01 is no day"),
        (("--from", "2016-01-01", "--to", "2015-01-01"), "is after --to"),
        (("--memory", "much"), "--memory much"),
        (("--memory", "1KB"), "a worker needs more than --memory 1KB"),
        (("--scheduler", "tcp://127.0.0.1:1"), "scheduler"),
    ],
)
def test_wrong_use_ends_with_a_remedy(chain, tmp_path, arguments, said, monkeypatch):
    monkeypatch.setattr("data.commands.workers.CONNECT_SECONDS", 1)
    result = run("clean", "transactions", chain, "--out", tmp_path / "o", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Remedy" in result.stderr


def test_nothing_to_clean(tmp_path):
    result = run("clean", "transactions", "--out", tmp_path / "o")
    assert result.exit_code == 2
    assert "nothing to clean" in result.stderr
