"""The preset `tidyfinance` beside tidyfinance itself, where it is installed."""

import datetime
from collections import Counter

import pytest

from models.transactions.files import PARQUET, TIDY
from models.transactions.rates import ErrorRates
from models.transactions.simulation import Scenario
from models.transactions.twin import write_twin
from tests.transactions.files import cleaned, rows_of

CONTENT = "cusip, execution_date, execution_time, price, par, side"


def test_the_preset_keeps_what_the_program_keeps(tmp_path):
    pytest.importorskip("tidyfinance", reason="see benchmarks/requirements.txt")
    from benchmarks.transactions.tidyfinance import kept_trades

    scenario = Scenario(
        trades=4000,
        securities=40,
        first="2009-01-02",
        last="2018-12-31",
        rates=ErrorRates().times(3),
    )
    write_twin(scenario, tmp_path / "twin", "wrds", PARQUET, TIDY)
    cleaned(tmp_path / "out", tmp_path / "twin" / "messages", preset="tidyfinance")
    ours = Counter(rows_of(tmp_path / "out", "clean", CONTENT))
    theirs = Counter(_content(row) for row in kept_trades(tmp_path / "twin/messages"))
    assert sum(ours.values()) > 3000
    # Joining on numbers that repeat, the program copies a row now and then.
    assert set(ours) == set(theirs)
    copies = sum((theirs - ours).values())
    assert not ours - theirs
    assert copies < 0.005 * len(ours)


def _content(row):
    time: datetime.time = row["trd_exctn_tm"]
    return (
        row["cusip_id"],
        row["trd_exctn_dt"],
        time.hour * 3600 + time.minute * 60 + time.second,
        row["rptd_pr"],
        row["entrd_vol_qt"],
        row["rpt_side_cd"],
    )
