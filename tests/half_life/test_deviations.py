from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.errors import DataError
from data.half_life.deviations import Deviations, read_deviations, write_deviations

DAYS = pd.bdate_range("2020-03-02", periods=4)


def states(tenors: tuple[int, ...] = (5, 10)) -> pd.DataFrame:
    rows = [(day, tenor) for tenor in tenors for day in DAYS]
    frame = pd.DataFrame(rows, columns=["date", "tenor"])
    filtered = frame["tenor"] + np.tile(np.arange(4.0), len(tenors))
    return frame.assign(epsilon_filtered=filtered, epsilon_smoothed=-filtered)


def write_states(path: Path, frame: pd.DataFrame) -> Path:
    text = frame.to_csv(index=False)
    path.write_text("# State estimates\n# of a model\n" + text)
    return path


def test_estimates_are_read_by_tenor_past_the_comments(tmp_path: Path) -> None:
    path = write_states(tmp_path / "states.csv", states())
    found = read_deviations(path)
    np.testing.assert_array_equal(found.deviation_bp[5], [[5.0, 6.0, 7.0, 8.0]])
    assert found.days.equals(DAYS.astype("datetime64[ns]"))
    assert found.num_imputations == 1
    smoothed = read_deviations(path, estimate="smoothed").deviation_bp[5]
    np.testing.assert_array_equal(smoothed, [[-5.0, -6.0, -7.0, -8.0]])


def test_seven_years_lie_between_five_and_ten(tmp_path: Path) -> None:
    path = write_states(tmp_path / "states.csv", states())
    found = read_deviations(path).deviation_bp
    np.testing.assert_allclose(found[7], 0.6 * found[5] + 0.4 * found[10])
    assert list(found) == [5, 7, 10]


def test_seven_years_are_missing_where_a_neighbour_is(tmp_path: Path) -> None:
    frame = states().drop(index=2)
    found = read_deviations(write_states(tmp_path / "s.csv", frame)).deviation_bp
    assert np.isnan(found[7]).tolist() == [[False, False, True, False]]
    alone = write_states(tmp_path / "five.csv", states((5,)))
    assert list(read_deviations(alone).deviation_bp) == [5]


def test_seven_years_of_the_file_are_kept(tmp_path: Path) -> None:
    path = write_states(tmp_path / "states.csv", states((5, 7, 10)))
    np.testing.assert_array_equal(
        read_deviations(path).deviation_bp[7], [[7.0, 8.0, 9.0, 10.0]]
    )


def drawn(failed_checks: int = 0) -> Deviations:
    """Three imputations of two tenors, one cell of which is missing."""
    values = np.arange(24.0).reshape(2, 3, 4) / 7
    values[0, 1, 2] = np.nan
    by_tenor = {5: values[0], 10: values[1]}
    return Deviations(by_tenor, DAYS, "traces/basis.nc", failed_checks)


@pytest.mark.parametrize("name", ["deviations.csv", "deviations.parquet"])
@pytest.mark.parametrize("failed_checks", [0, 3])
def test_draws_and_their_mark_survive_their_file(
    tmp_path: Path, name: str, failed_checks: int
) -> None:
    written = drawn(failed_checks)
    write_deviations(written, tmp_path / name)
    found = read_deviations(tmp_path / name)
    for tenor, deviation_bp in written.deviation_bp.items():
        np.testing.assert_array_equal(found.deviation_bp[tenor], deviation_bp)
    assert found.days.equals(DAYS.astype("datetime64[ns]"))
    assert found.failed_checks == failed_checks


def test_rows_of_a_file_need_no_order(tmp_path: Path) -> None:
    path = tmp_path / "deviations.csv"
    write_deviations(drawn(), path)
    pd.read_csv(path).sample(frac=1, random_state=1).to_csv(path, index=False)
    found = read_deviations(path).deviation_bp[10]
    np.testing.assert_array_equal(found, drawn().deviation_bp[10])


def test_a_mark_on_any_row_marks_the_file(tmp_path: Path) -> None:
    path = tmp_path / "deviations.csv"
    write_deviations(drawn(), path)
    frame = pd.read_csv(path)
    frame.loc[5, "failed_checks"] = 2
    frame.to_csv(path, index=False)
    assert read_deviations(path).failed_checks == 2


def test_draws_without_their_mark_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "deviations.csv"
    write_deviations(drawn(), path)
    pd.read_csv(path).drop(columns="failed_checks").to_csv(path, index=False)
    with pytest.raises(DataError, match="missing column failed_checks"):
        read_deviations(path)


def test_an_unknown_estimate_is_refused(tmp_path: Path) -> None:
    path = write_states(tmp_path / "states.csv", states())
    with pytest.raises(DataError, match="no estimate 'predicted'"):
        read_deviations(path, "predicted")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.drop(columns="tenor"), "missing column tenor"),
        (lambda f: f.iloc[:0], "has a header but no rows"),
        (lambda f: pd.concat([f, f.iloc[:1]]), "row 9 repeats date 2020-03-02"),
    ],
)
def test_damaged_estimates_are_refused(
    tmp_path: Path, change: object, message: str
) -> None:
    path = write_states(tmp_path / "states.csv", change(states()))  # type: ignore[operator]
    with pytest.raises(DataError, match=message):
        read_deviations(path)


@pytest.mark.parametrize("name", ["no-such.csv", "no-such.parquet"])
def test_missing_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="no such file"):
        read_deviations(tmp_path / name)


def test_a_trace_is_refused_with_the_command_that_exports_it(tmp_path: Path) -> None:
    path = tmp_path / "basis.nc"
    path.touch()
    with pytest.raises(DataError, match="inference export deviations"):
        read_deviations(path)
