"""Files of a simulated market."""

import json

import pandas as pd
import pyarrow.parquet
import pytest
from typer.testing import CliRunner

from data.errors import DataError
from data.files.atomic import sha256_of
from data.transactions.dialects import DIALECTS
from data.transactions.layout import file_number_of, line_of
from data.transactions.reading import file_number
from models.__main__ import app
from models.transactions.files import require_writable
from models.transactions.rates import ErrorRates

SMALL = ("--trades", "1500", "--securities", "20")


def run(folder, *options):
    arguments = ["simulate", "transactions", *SMALL, "--out", str(folder), *options]
    return CliRunner().invoke(app, arguments)


def made(folder, *options):
    result = run(folder, *options)
    assert result.exit_code == 0, result.output
    files = sorted((folder / "messages").iterdir())
    truth = pyarrow.parquet.read_table(folder / "truth").to_pandas(
        types_mapper=pd.ArrowDtype
    )
    return files, truth


def pipes(path):
    return pd.read_csv(path, sep="|", dtype=str, skipfooter=1, engine="python")


def test_truth_finds_every_record_of_every_file(tmp_path):
    files, truth = made(tmp_path, "--dialect", "finra-enhanced", "--buckets", "2")
    assert len(files) == 4
    for path in files:
        cells = pipes(path)
        trailer = path.read_text().splitlines()[-1]
        assert int(trailer[-10:]) == len(cells)
        number = file_number(sha256_of(path), 0)
        ids = truth["row_id"][truth["row_id"].map(file_number_of) == number]
        assert list(ids.map(line_of)) == list(range(1, len(cells) + 1))
    killed = truth["killed_by"].dropna()
    assert killed.isin(truth["row_id"]).all()
    assert len(killed)


def test_dialects_hold_the_same_messages(tmp_path):
    parquet, truth = made(tmp_path / "a")
    text, _ = made(tmp_path / "b", "--format", "csv")
    typed = pd.read_parquet(parquet[0])
    cells = pd.read_csv(text[0], dtype=str)
    assert list(typed.columns) == list(DIALECTS["wrds"].headers[0])
    assert list(cells.columns) == list(typed.columns)
    assert len(typed) == len(truth)
    for name in ("trd_exctn_dt", "trd_exctn_tm", "rptd_pr", "cusip_id"):
        assert list(cells[name]) == list(typed[name].astype(str))
    enhanced, _ = made(tmp_path / "c", "--dialect", "finra-enhanced")
    new, old = pipes(enhanced[0]), pipes(enhanced[1])
    joined = [*old["MSG_SEQ_NB"], *new["Reference Number"]]
    assert list(cells["msg_seq_nb"]) == joined
    assert list(old["EXCTN_TM"]) == [
        text.replace(":", "") for text in cells["trd_exctn_tm"][: len(old)]
    ]


def test_sloppy_files_hold_the_same_values_in_other_words(tmp_path):
    tidy, _ = made(tmp_path / "a", "--format", "csv")
    sloppy, _ = made(tmp_path / "b", "--format", "csv", "--style", "sloppy")
    neat, loose = (pd.read_csv(path[0], dtype=str) for path in (tidy, sloppy))
    assert (neat["trd_exctn_tm"] != loose["trd_exctn_tm"]).any()
    seconds = [pd.to_timedelta(cells["trd_exctn_tm"]) for cells in (neat, loose)]
    assert seconds[0].equals(seconds[1])
    assert list(loose["trc_st"].str.strip()) == list(neat["trc_st"])
    assert (loose["trc_st"] != neat["trc_st"]).all()
    assert list(loose["msg_seq_nb"].astype(float)) == list(
        neat["msg_seq_nb"].astype(float)
    )


def test_one_bucket_can_be_made_alone(tmp_path):
    every, _ = made(tmp_path / "a", "--buckets", "3")
    alone, _ = made(tmp_path / "b", "--buckets", "3", "--bucket", "1")
    assert alone[0].read_bytes() == every[1].read_bytes()


def test_a_treasury_twin_has_its_own_layout(tmp_path):
    files, truth = made(tmp_path, "--market", "treasury", "--error-rate", "3")
    cells = pipes(files[0])
    assert set(cells["Contra Party Type"].dropna()) == {"C", "D", "A", "T"}
    assert set(cells["Reporting Party Type"]) == {"D", "T"}
    scenario = json.loads((tmp_path / "scenario.json").read_text())
    assert scenario["rates"]["correction"] == 3 * ErrorRates().correction
    securities = pd.read_csv(tmp_path / "securities.csv", dtype=str)
    assert set(cells["CUSIP"]) <= set(securities["cusip"])
    assert len(truth) == len(cells)


@pytest.mark.parametrize(
    "options",
    [
        ("--market", "municipal"),
        ("--dialect", "treasury"),
        ("--format", "txt"),
        ("--style", "messy"),
        ("--buckets", "2", "--bucket", "2"),
        ("--from", "2014-01-01", "--to", "2014-01-01"),
    ],
)
def test_what_cannot_be_made_is_refused(tmp_path, options):
    result = run(tmp_path / "twin", *options)
    assert result.exit_code == 2
    assert not (tmp_path / "twin").exists()


def test_a_format_that_a_dialect_lacks_is_refused():
    with pytest.raises(DataError, match="no csv files"):
        require_writable("treasury", "treasury", "csv")
