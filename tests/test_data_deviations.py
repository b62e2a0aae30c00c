from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from data.deviations import read_deviations
from data.errors import DataError

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


def write_trace(path: Path, samples: int = 5) -> Path:
    coords = {"day": DAYS, "tenor": [5, 10]}
    draws = np.arange(samples)[:, None, None] + np.zeros((samples, 4, 2))
    panel = xr.Dataset({"basis_bp": (("day", "tenor"), np.full((4, 2), 30.0))}, coords)
    panel["basis_bp"][2, 0] = np.nan
    dims = ("sample", "day", "tenor")
    tree = xr.DataTree.from_dict(
        {
            "panel": panel,
            "smoothed": xr.Dataset(
                {"deviation_bp": (dims, draws), "level_bp": (dims, 25.0 + draws)},
                coords,
            ),
            "filtered": xr.Dataset(
                {
                    "deviation_bp": (dims[1:], np.full((4, 2), 7.0)),
                    "level_bp": (dims[1:], np.full((4, 2), 20.0)),
                },
                coords,
            ),
        }
    )
    tree.to_netcdf(path)
    return path


def test_imputations_are_draws_spread_over_the_posterior(tmp_path: Path) -> None:
    path = write_trace(tmp_path / "basis.nc")
    found = read_deviations(path, imputations=3, component="autoregressive")
    np.testing.assert_array_equal(found.deviation_bp[10][:, 0], [0.0, 2.0, 4.0])
    assert found.num_imputations == 3


def test_deviation_of_a_trace_is_the_basis_less_its_level(tmp_path: Path) -> None:
    path = write_trace(tmp_path / "basis.nc")
    filtered = read_deviations(path).deviation_bp[5]
    np.testing.assert_array_equal(filtered, [[10.0, 10.0, 7.0, 10.0]])
    drawn = read_deviations(path, imputations=5).deviation_bp[10]
    np.testing.assert_array_equal(drawn[:, 0], [5.0, 4.0, 3.0, 2.0, 1.0])


def test_single_estimate_is_filtered_or_the_mean_of_the_draws(tmp_path: Path) -> None:
    path = write_trace(tmp_path / "basis.nc")
    filtered = read_deviations(path, component="autoregressive").deviation_bp[5]
    np.testing.assert_array_equal(filtered, np.full((1, 4), 7.0))
    smoothed = read_deviations(path, 1, "smoothed", "autoregressive").deviation_bp[5]
    np.testing.assert_array_equal(smoothed, np.full((1, 4), 2.0))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"imputations": 0}, "0 imputations"),
        ({"imputations": 6}, "6 imputations, but 5 draws"),
        ({"estimate": "predicted"}, "no estimate 'predicted'"),
        ({"component": "level"}, "no component 'level'"),
    ],
)
def test_wrong_wishes_of_a_trace_are_refused(
    tmp_path: Path, arguments: dict[str, object], message: str
) -> None:
    path = write_trace(tmp_path / "basis.nc")
    with pytest.raises(DataError, match=message):
        read_deviations(path, **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.drop(columns="tenor"), "missing column tenor"),
        (lambda f: f.iloc[:0], "no deviations"),
        (lambda f: pd.concat([f, f.iloc[:1]]), "row 9 repeats date 2020-03-02"),
    ],
)
def test_damaged_estimates_are_refused(
    tmp_path: Path, change: object, message: str
) -> None:
    path = write_states(tmp_path / "states.csv", change(states()))  # type: ignore[operator]
    with pytest.raises(DataError, match=message):
        read_deviations(path)


def test_a_table_of_estimates_has_no_draws(tmp_path: Path) -> None:
    path = write_states(tmp_path / "states.csv", states())
    with pytest.raises(DataError, match="20 imputations, but the file holds one"):
        read_deviations(path, imputations=20)


@pytest.mark.parametrize("name", ["no-such.csv", "no-such.nc"])
def test_missing_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="no such file"):
        read_deviations(tmp_path / name)


def test_file_without_a_decomposition_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.nc"
    xr.Dataset({"x": 1.0}).to_netcdf(path)
    with pytest.raises(DataError, match="no filtered"):
        read_deviations(path)
