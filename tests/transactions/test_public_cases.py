"""The ten public cases, per preset, by the exact numbers of the rows that are kept."""

import pytest

from data.transactions.presets import PRESETS
from tests.transactions.messages import clean
from tests.transactions.messages import message as m

CASES = {
    "P1 chain of corrections": [
        m(11, "T", "2009-05-12", execution_time="11:02:10", par=40_000, price=101.25),
        m(
            12, "W", "2009-05-12", execution_time="11:02:10", prior_sequence=11,
            par=45_000, price=101.25,
        ),
        m(
            19, "W", "2009-05-12", execution_time="11:02:10", prior_sequence=12,
            par=45_000, price=100.25,
        ),
    ],
    "P2 cancel of a correction": [
        m(21, "T", "2009-05-13", par=70_000),
        m(22, "W", "2009-05-13", prior_sequence=21, par=75_000),
        m(23, "C", "2009-05-13", prior_sequence=22, par=75_000),
        m(24, "T", "2009-05-13", execution_time="10:40:00", par=70_000),
    ],
    "P3 after the change of system": [
        m(31, "T", "2012-03-20", par=60_000),
        m(31, "X", "2012-03-20", par=60_000),
        m(32, "T", "2012-03-20", execution_time="13:00:00", par=90_000),
        m(32, "C", "2012-03-20", execution_time="13:00:00", par=90_000),
        m(
            33, "R", "2012-03-20", execution_time="13:00:00", prior_sequence=32,
            par=95_000,
        ),
    ],
    "P4 correction on the next day": [
        m(41, "T", "2016-09-14", par=300_000, price=98.4),
        m(
            41, "C", "2016-09-14", report_date="2016-09-15", as_of="A", par=300_000,
            price=98.4,
        ),
        m(
            42, "R", "2016-09-14", report_date="2016-09-15", as_of="A",
            prior_sequence=41, par=300_000, price=89.4,
        ),
    ],
    "P5 reversal and entry anew": [
        m(51, "T", "2014-01-08", par=250_000, price=103),
        m(
            902, "Y", "2014-01-08", report_date="2014-02-20", as_of="R",
            prior_sequence=51, par=250_000, price=103,
        ),
        m(
            903, "T", "2014-01-08", report_date="2014-02-20", as_of="A", par=25_000,
            price=103,
        ),
    ],
    "P6 more purchases than sales": [
        m(
            number, "T", "2018-06-05", execution_time=clock, side=side, contra=contra,
            par=1_000_000, price=97.5,
        )
        for number, clock, side, contra in (
            (61, "10:00:00", "S", "D"),
            (62, "10:00:01", "B", "D"),
            (63, "14:00:00", "S", "D"),
            (64, "14:00:00", "B", "D"),
            (65, "16:10:00", "B", "D"),
            (66, "16:11:00", "B", "C"),
        )
    ],
    "P7 number used on two report dates": [
        m(7, "T", "2010-11-02", par=110_000),
        m(
            7, "T", "2010-11-02", execution_time="16:30:00", report_date="2010-11-03",
            as_of="A", par=520_000,
        ),
        m(9, "W", "2010-11-02", prior_sequence=7, par=115_000),
    ],
    "P8 missing codes": [
        m(81, "T", "2015-07-07", side=None, contra=None, par=33_000),
        m(
            82, "T", "2015-07-07", execution_time="10:30:00", side=None, contra=None,
            par=44_000,
        ),
        m(
            82, "X", "2015-07-07", execution_time="10:30:00", side=None, contra=None,
            par=44_000,
        ),
    ],
    "P9 order of filters": [
        m(91, "T", "2008-10-01", par=80_000, price=90, settlement_days=3),
        m(
            92, "W", "2008-10-01", prior_sequence=91, par=80_000, price=80,
            settlement_days=14,
        ),
        m(93, "T", "2008-10-01", execution_time="12:00:00", par=50_000, price=91),
    ],
    "P10 across the change of system": [
        m(101, "T", "2012-02-03", par=77_000),
        m(101, "X", "2012-02-03", report_date="2012-02-08", as_of="A", par=77_000),
        m(102, "T", "2012-02-03", execution_time="11:00:00", par=88_000),
        m(
            5555, "Y", "2012-02-03", execution_time="11:00:00",
            report_date="2012-03-30", as_of="R", prior_sequence=102, par=88_000,
        ),
    ],
}  # fmt: skip

# Positions of the kept rows, from 1; what published programs keep is known from runs of
# them, where they were run on these cases.
KEPT = {
    "P1 chain of corrections": {key: {3} for key in PRESETS},
    "P2 cancel of a correction": {
        "workbench": {4},
        "dick-nielsen-2014": {4},
        "wrds": {2, 4},
        "tidyfinance": {2, 4},
        "dickerson": {2, 4},
    },
    "P3 after the change of system": {key: {5} for key in PRESETS},
    "P4 correction on the next day": {
        **{key: {3} for key in PRESETS},
        "tidyfinance": set(),
    },
    "P5 reversal and entry anew": {
        **{key: {3} for key in PRESETS},
        "tidyfinance": set(),
    },
    "P6 more purchases than sales": {
        **{key: {1, 3, 6} for key in PRESETS},
        "workbench": {1, 3, 5, 6},
    },
    "P7 number used on two report dates": {
        **{key: {3} for key in PRESETS},
        "workbench": {2, 3},
    },
    "P8 missing codes": {
        "workbench": {1},
        "dick-nielsen-2014": {1},
        "wrds": {1},
        "tidyfinance": set(),
        "dickerson": set(),
    },
    "P9 order of filters": {
        "workbench": {3},
        "dick-nielsen-2014": {3},
        "wrds": {2, 3},
        "tidyfinance": {3},
        "dickerson": {1, 3},
    },
    "P10 across the change of system": {
        **{key: {1, 3} for key in PRESETS},
        "workbench": set(),
    },
}


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("case", CASES)
def test_a_preset_keeps_exactly_these_rows(case, preset):
    kept, _ = clean(CASES[case], preset)
    assert kept == KEPT[case][preset]


def test_the_life_cycle_names_the_killer_of_each_row():
    _, gone = clean(CASES["P1 chain of corrections"])
    assert {row: fate[2] for row, fate in gone.items()} == {1: 2, 2: 3}
    _, gone = clean(CASES["P10 across the change of system"])
    assert {row: fate[2] for row, fate in gone.items()} == {
        1: 2, 2: None, 3: 4, 4: None,
    }  # fmt: skip
    assert not [fate for fate in gone.values() if fate[1].startswith("unmatched")]


def test_a_correction_that_fails_a_filter_does_not_bring_the_wrong_record_back():
    _, gone = clean(CASES["P9 order of filters"])
    assert gone[2][0] == "settlement"
    assert gone[1] == ("old-number", "corrected", 2)
