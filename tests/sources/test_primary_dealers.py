"""Reading primary dealers' positions across the versions of the report form."""

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest

from data.errors import DataError
from data.sources.primary_dealers import read_net_positions
from data.sources.report_forms import REPORT_FORMS, check_series_breaks
from tests.sources.publisher_files import (
    FORM_WEEKS,
    primary_dealer_csv,
    primary_dealer_json,
    primary_dealer_rows,
    series_breaks_json,
)

Rows = list[tuple[str, str, object]]
SUMS_MUSD = {
    "SBP2013": [1000, 2000, 3000, 4000],
    "SBN2013": [1000 + 2000, 3000, 4000 + 5000, 6000],
    "SBN2015": [1000 + 2000, 3000, 4000 + 5000, 6000],
    "SBN2022": [1000 + 2000, 3000, 4000 + 5000, 6000 + 7000],
    "SBN2024": [1000 + 2000, 3000, 4000 + 5000, 6000 + 7000],
}
"""Buckets of the synthetic files, whose n-th series is worth n USD billion."""

REAL_FILES = ("long", "wide", "4buckets_harmonised")


def written(folder: Path, text: str, name: str = "SBN2015.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def rows_of(label: str) -> Rows:
    return list(primary_dealer_rows(label))


def changed(rows: Rows, key: str, value: object) -> Rows:
    return [(week, k, value if k == key else v) for week, k, v in rows]


def real_file(shared: Path, layout: str) -> Path:
    (path,) = (shared / "data" / "primary_dealers").glob(f"*{layout}*.csv")
    return path


@pytest.mark.parametrize("layout", [primary_dealer_csv, primary_dealer_json])
@pytest.mark.parametrize("label", list(FORM_WEEKS))
def test_every_version_of_the_form_is_summed_into_the_four_buckets(
    tmp_path: Path, label: str, layout: Callable[[Sequence[object]], str]
) -> None:
    path = written(tmp_path, layout(rows_of(label)))
    positions = read_net_positions(path)
    assert list(positions.columns) == [2, 5, 10, 20, "report_form"]
    assert [f"{week:%Y-%m-%d}" for week in positions.index] == list(FORM_WEEKS[label])
    assert (positions[[2, 5, 10, 20]] == SUMS_MUSD[label]).all(axis=None)
    assert set(positions["report_form"]) == {label}


def test_the_versions_join_and_every_week_names_its_own(tmp_path: Path) -> None:
    written(tmp_path, series_breaks_json(), "seriesbreaks.json")
    for label in FORM_WEEKS:
        written(tmp_path, primary_dealer_csv(rows_of(label)), f"{label}.csv")
    positions = read_net_positions(tmp_path)
    expected = [label for label in FORM_WEEKS for _ in range(2)]
    assert positions["report_form"].tolist() == expected
    assert positions.index.is_monotonic_increasing


def test_other_series_of_the_export_are_ignored(tmp_path: Path) -> None:
    rows = [*rows_of("SBN2015"), ("2015-01-07", "PDPOSGS-B", "*")]
    positions = read_net_positions(written(tmp_path, primary_dealer_csv(rows)))
    assert positions.loc["2015-01-07", 2] == SUMS_MUSD["SBN2015"][0]


def test_a_suppressed_value_makes_its_bucket_missing_not_smaller(
    tmp_path: Path,
) -> None:
    rows = changed(rows_of("SBN2015"), "PDPOSGSC-G2L3", "*")
    positions = read_net_positions(written(tmp_path, primary_dealer_csv(rows)))
    assert positions[2].isna().all()
    assert positions[[5, 10, 20]].notna().all(axis=None)


def test_one_file_a_series_is_read_as_well(tmp_path: Path) -> None:
    rows = rows_of("SBN2015")
    for key in {key for _, key, _ in rows}:
        series = [row for row in rows if row[1] == key]
        written(tmp_path, primary_dealer_csv(series), f"{key}.csv")
    positions = read_net_positions(tmp_path)
    assert (positions[[2, 5, 10, 20]] == SUMS_MUSD["SBN2015"]).all(axis=None)


def rows_with_a_series_of_another_form() -> Rows:
    return [*rows_of("SBN2022"), ("2022-01-05", "PDPOSGSC-G11", 13_000)]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (rows_of("SBN2015")[:-1], r"2021-12-29 \(report form SBN2015\) lacks .*-G11"),
        (rows_with_a_series_of_another_form(), "does not belong to .* SBN2022"),
        (
            [*rows_of("SBN2015"), rows_of("SBN2015")[0]],
            "line 14: PDPOSGSC-L2 stands tw",
        ),
        (changed(rows_of("SBN2015"), "PDPOSGSC-G11", "6k"), "column value .*'6k'"),
        (changed(rows_of("SBN2015"), "PDPOSGSC-G11", 6e9), "no plausible number"),
        ([(w, k, v / 1e3) for w, k, v in rows_of("SBN2015")], "no plausible number"),
        ([("2001-06-27", k, v) for _, k, v in rows_of("SBP2013")[::2]], "lies before"),
        ([("2015-01-07", "PDPOSGS-B", 1)], "holds none of the series"),
        ([], "has a header but no rows"),
    ],
)
def test_a_spoilt_export_is_refused(tmp_path: Path, rows: Rows, problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        read_net_positions(written(tmp_path, primary_dealer_csv(rows)))


def test_an_export_in_another_unit_is_refused(tmp_path: Path) -> None:
    text = primary_dealer_csv(rows_of("SBN2015")).replace("millions", "billions")
    with pytest.raises(DataError, match="not in USD million"):
        read_net_positions(written(tmp_path, text))


@pytest.mark.parametrize("text", ['{"pd": {"timeseries": []}}', '{"pd": 1}', '{"pd"'])
def test_json_without_observations_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError, match=r"JSON of time series|holds no observation"):
        read_net_positions(written(tmp_path, text, "SBN2015.json"))


def test_two_files_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    rows = rows_of("SBN2015")
    written(tmp_path, primary_dealer_csv(rows), "a.csv")
    other = changed(rows, "PDPOSGSC-G11", 6001)
    written(tmp_path, primary_dealer_csv(other), "b.csv")
    with pytest.raises(DataError, match="disagree on PDPOSGSC-G11 at 2015-01-07"):
        read_net_positions(tmp_path)


def test_the_forms_follow_each_other_without_gap_or_overlap() -> None:
    for earlier, later in itertools.pairwise(REPORT_FORMS):
        assert later.first_date - earlier.last_date == pd.Timedelta(days=1)


def test_a_form_that_is_not_known_yet_is_announced(tmp_path: Path) -> None:
    path = written(tmp_path, series_breaks_json(SBN2027="2027-01-06"))
    with pytest.warns(UserWarning, match="SBN2027 from 2027-01-06"):
        check_series_breaks(path)


def test_a_form_that_starts_elsewhere_than_known_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, series_breaks_json(SBN2022="2022-02-02"))
    with pytest.raises(DataError, match="starts SBN2022 on 2022-02-02"):
        check_series_breaks(path)


def test_a_listing_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, '{"pd": {"asofdates": []}}')
    with pytest.raises(DataError, match="no list of series breaks"):
        check_series_breaks(path)


@pytest.mark.parametrize("layout", ["long", "wide"])
def test_the_joined_real_series_equal_the_harmonised_buckets_in_every_week(
    shared: Path, layout: str
) -> None:
    joined = read_net_positions(real_file(shared, layout))
    harmonised = read_net_positions(real_file(shared, "4buckets_harmonised"))
    assert len(joined) == 912
    pd.testing.assert_frame_equal(joined, harmonised, check_exact=True)


def test_the_real_buckets_add_up_to_the_published_total_with_bills_and_tips(
    shared: Path,
) -> None:
    positions = read_net_positions(real_file(shared, "wide"))
    published = pd.read_csv(
        real_file(shared, "wide"), index_col="asofdate", parse_dates=True
    )
    coupons = positions[[2, 5, 10, 20]].sum(axis=1)
    late = published.loc["2013-04-03":]
    rest = late.filter(regex=r"PDPOSGS-B|PDPOSTIPS").sum(axis=1)
    assert (coupons.loc["2013-04-03":] + rest == late["PDPOSGST-TOT"]).all()


def test_the_real_breaks_are_recorded_at_their_dates(shared: Path) -> None:
    forms = read_net_positions(shared / "data" / "primary_dealers")["report_form"]
    first_weeks = forms[forms.ne(forms.shift())]
    assert {f"{week:%Y-%m-%d}": label for week, label in first_weeks.items()} == {
        "2001-07-04": "SBP2013",
        "2013-04-03": "SBN2013",
        "2015-01-07": "SBN2015",
    }
