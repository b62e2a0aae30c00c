"""The result does not depend on how the work is divided, and survives what kills it."""

import json
import os
import signal
import time
from pathlib import Path

import duckdb
import numpy as np
import pytest

from data.commands.workers import WorkerLostError, run_all
from data.files.databases import draw_no_bars
from data.transactions import bucket
from data.transactions.bucket import Limits, clean_bucket
from data.transactions.clean import Work
from data.transactions.layout import MESSAGE_NAMES, UNFINISHED
from data.transactions.presets import preset_with
from tests.transactions.files import cleaned, rows_of, write_wrds_parquet
from tests.transactions.messages import message, table

CONTENT = ", ".join(name for name in MESSAGE_NAMES if name != "row_id")


def random_messages(seed: int = 1, trades: int = 240, new_only: bool = False):
    """Trades of a few CUSIPs with every kind of message, many details equal."""
    draw = np.random.default_rng(seed)
    rows = []
    for number in range(1, trades + 1):
        old = not new_only and number % 2 == 0
        day = f"{2009 if old else 2015}-03-{10 + draw.integers(4)}"
        later = day[:-2] + str(20 + draw.integers(5))
        trade = message(
            number,
            "T",
            day,
            cusip=f"00101J{draw.integers(6):03}",
            execution_time=f"1{draw.integers(3)}:00:00",
            report_time=f"1{3 + draw.integers(3)}:{draw.integers(60):02}:00",
            par=int(draw.choice([1000, 5000])),
            side=str(draw.choice(["B", "S"])),
            contra=str(draw.choice(["C", "D"])),
        )
        rows.append(trade)
        other = number + 10_000
        late = {"report_date": later, "as_of": "R"}
        kind = draw.integers(8)
        if kind == 0 and old:
            rows.append(
                {**trade, "status": "C", "sequence": other, "prior_sequence": number}
            )
        elif kind == 0:
            rows.append({**trade, "status": "X"})
        elif kind == 1 and old:
            rows.append(
                {
                    **trade,
                    "status": "W",
                    "sequence": other,
                    "prior_sequence": number,
                    "par": 777,
                }
            )
        elif kind == 2:
            rows.append(
                {**trade, **late, "sequence": other, "status": "T" if old else "Y"}
            )
        elif kind == 3:
            rows.append(dict(trade))
    return rows  # fmt: skip


@pytest.fixture(scope="module")
def rows():
    return random_messages()


@pytest.fixture(scope="module")
def reference(rows, tmp_path_factory):
    """Content of what is kept when everything is done in one piece."""
    folder = tmp_path_factory.mktemp("reference")
    file = write_wrds_parquet(folder / "a.parquet", rows)
    report = cleaned(folder / "out", file, work=Work(buckets=1))
    assert 0 < report["rows"]["kept"] < report["rows"]["input"]
    assert {step["step"] for step in report["steps"] if step["removed"]} >= {
        "duplicate-record",
        "old-number",
        "new-cancel-number",
        "late-details-with-time",
        "two-sided-pair",
    }
    return folder, rows_of(folder / "out", "clean", CONTENT)


@pytest.mark.parametrize(
    "work",
    [
        Work(buckets=64),
        Work(buckets=4, workers=2),
        Work(buckets=2, limits=Limits("500MB", threads=4)),
    ],
)
def test_the_result_does_not_depend_on_the_division(reference, tmp_path, work):
    folder, kept = reference
    cleaned(tmp_path / "out", folder / "a.parquet", work=work)
    assert rows_of(tmp_path / "out", "clean", CONTENT) == kept
    assert rows_of(tmp_path / "out", "clean") == rows_of(folder / "out", "clean")
    assert rows_of(tmp_path / "out", "rejects") == rows_of(folder / "out", "rejects")


def test_the_order_of_the_input_does_not_matter(rows, reference, tmp_path):
    order = np.random.default_rng(2).permutation(len(rows))
    file = write_wrds_parquet(tmp_path / "b.parquet", [rows[i] for i in order])
    cleaned(tmp_path / "out", file)
    assert rows_of(tmp_path / "out", "clean", CONTENT) == reference[1]


CUSIPLESS = ", ".join(name for name in MESSAGE_NAMES if name not in ("row_id", "cusip"))
DATELESS = ", ".join(
    name for name in MESSAGE_NAMES if name != "row_id" and not name.endswith("_date")
)


def test_names_of_bonds_do_not_matter(rows, reference, tmp_path):
    renamed = [{**row, "cusip": f"99{row['cusip'][::-1][:7]}"} for row in rows]
    file = write_wrds_parquet(tmp_path / "b.parquet", renamed)
    cleaned(tmp_path / "out", file)
    kept = rows_of(reference[0] / "out", "clean", CUSIPLESS)
    assert rows_of(tmp_path / "out", "clean", CUSIPLESS) == kept


def test_the_week_does_not_matter_inside_one_system(rows, reference, tmp_path):
    weeks = np.timedelta64(28, "D")
    dated = [name for name in rows[0] if name.endswith("_date")]
    moved = [
        {**row, **{n: str(np.datetime64(row[n]) + weeks) for n in dated}}
        for row in rows
    ]
    file = write_wrds_parquet(tmp_path / "b.parquet", moved)
    cleaned(tmp_path / "out", file)
    kept = rows_of(reference[0] / "out", "clean", DATELESS)
    assert rows_of(tmp_path / "out", "clean", DATELESS) == kept


def test_a_file_given_twice_changes_nothing_but_the_rejects(rows, reference, tmp_path):
    file = reference[0] / "a.parquet"
    report = cleaned(tmp_path / "out", file, file)
    assert rows_of(tmp_path / "out", "clean", CONTENT) == reference[1]
    assert report["rows"]["input"] == 2 * len(rows)
    duplicates = report["steps"][1]
    assert duplicates["step"] == "duplicate-record"
    assert duplicates["removed"] >= len(rows)


def test_a_file_split_by_report_date_gives_the_same(rows, reference, tmp_path):
    early = [row for row in rows if row["report_date"] < "2012-01-01"]
    late = [row for row in rows if row["report_date"] >= "2012-01-01"]
    files = [
        write_wrds_parquet(tmp_path / f"{number}.parquet", part)
        for number, part in enumerate((late, early))
    ]
    cleaned(tmp_path / "out", *files)
    assert rows_of(tmp_path / "out", "clean", CONTENT) == reference[1]


def test_what_is_clean_stays_as_it_is(reference, tmp_path):
    folder, _ = reference
    # A surplus purchase would pair with a sale that is already paired.
    rules = preset_with("workbench", "none")
    report = cleaned(
        tmp_path / "out", folder / "out" / "clean", dialect="layout", preset=rules
    )
    assert report["rows"]["rejected"] == 0
    all_but_its_name = "* EXCLUDE (preset)"
    assert rows_of(tmp_path / "out", "clean", all_but_its_name) == rows_of(
        folder / "out", "clean", all_but_its_name
    )


def test_a_heavy_bucket_is_linked_in_slices_of_days(tmp_path):
    file = write_wrds_parquet(tmp_path / "a.parquet", random_messages(new_only=True))
    connection = duckdb.connect()
    table(connection, random_messages(new_only=True))
    assert len(bucket.date_slices(connection, "messages", 60)) == 4
    whole = cleaned(tmp_path / "whole", file, work=Work(buckets=1))
    sliced = cleaned(tmp_path / "sliced", file, work=Work(buckets=1, slice_rows=60))
    assert sliced["rows"] == whole["rows"]
    assert rows_of(tmp_path / "sliced", "clean") == rows_of(tmp_path / "whole", "clean")
    assert rows_of(tmp_path / "sliced", "rejects") == rows_of(
        tmp_path / "whole", "rejects"
    )


def test_links_that_cross_days_keep_a_bucket_whole(tmp_path):
    rows = random_messages(new_only=True)
    rows.append(
        message(9_001, "X", "2015-03-11", cusip=rows[0]["cusip"], prior_sequence=1,
                report_date="2015-03-25", prior_report_date=rows[0]["report_date"])
    )  # fmt: skip
    rows[0] = {**rows[0], "execution_date": "2015-03-10"}
    file = write_wrds_parquet(tmp_path / "a.parquet", rows)
    cleaned(tmp_path / "whole", file, work=Work(buckets=1))
    cleaned(tmp_path / "sliced", file, work=Work(buckets=1, slice_rows=60))
    assert rows_of(tmp_path / "sliced", "clean") == rows_of(tmp_path / "whole", "clean")


def test_an_interrupted_run_continues_where_it_stopped(
    reference, tmp_path, monkeypatch
):
    done = []

    def stop_after_two(task):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(task.number)
        return clean_bucket(task)

    monkeypatch.setattr("data.transactions.clean.clean_bucket", stop_after_two)
    work = Work(buckets=4)
    with pytest.raises(KeyboardInterrupt):
        cleaned(tmp_path / "out", reference[0] / "a.parquet", work=work)
    assert not (tmp_path / "out" / "clean").exists()
    unfinished = tmp_path / "out" / UNFINISHED
    stamps = {
        file: file.stat().st_mtime_ns
        for file in unfinished.glob("results/*/clean.parquet")
    }
    assert len(stamps) == 2
    seen = []

    def watched(task):
        before = (task.out / "clean.parquet").exists()
        seen.append(before)
        return clean_bucket(task)

    monkeypatch.setattr("data.transactions.clean.clean_bucket", watched)
    cleaned(tmp_path / "out", reference[0] / "a.parquet", work=work)
    assert seen.count(True) == 2
    assert rows_of(tmp_path / "out", "clean", CONTENT) == reference[1]
    assert not unfinished.exists()


def test_another_preset_does_not_continue_an_interrupted_run(
    reference, tmp_path, monkeypatch
):
    def stop(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("data.transactions.clean.clean_bucket", stop)
    with pytest.raises(KeyboardInterrupt):
        cleaned(tmp_path / "out", reference[0] / "a.parquet")
    monkeypatch.undo()
    report = cleaned(tmp_path / "out", reference[0] / "a.parquet", preset="wrds")
    assert report["preset"] == "wrds"
    assert rows_of(tmp_path / "out", "clean", "DISTINCT preset") == [("wrds",)]


def test_every_row_is_accounted_for(rows, reference):
    report = json.loads((reference[0] / "out" / "report.json").read_text())
    kept = rows_of(reference[0] / "out", "clean", "row_id")
    gone = rows_of(reference[0] / "out", "rejects", "row_id")
    assert len({*kept, *gone}) == len(kept) + len(gone) == len(rows)
    assert sum(step["removed"] for step in report["steps"]) == len(gone)
    assert report["steps"][-1]["left"] == len(kept)
    assert sum(entry["rows"] for entry in report["rejects"]) == len(gone)


def die_once(folder: Path) -> str:
    """Kill the process that runs this for the first time in ``folder``."""
    marker = folder / "died"
    if folder.name == "2" and not marker.exists():
        marker.write_text("")
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.05)
    return folder.name


def test_a_killed_worker_of_the_pool_is_an_error_with_a_remedy(tmp_path):
    folders = [tmp_path / str(number) for number in range(4)]
    for folder in folders:
        folder.mkdir()
    with pytest.raises(WorkerLostError, match="continues where it stopped"):
        list(run_all(die_once, folders, workers=2))


def test_a_notebook_that_cannot_draw_bars_is_no_error():
    class Refusing:
        def execute(self, _):
            raise duckdb.InvalidInputException("required package is missing")

    draw_no_bars(Refusing())
