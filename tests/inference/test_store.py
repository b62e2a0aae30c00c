import signal
import subprocess
import sys
import textwrap
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from data.errors import DataError
from inference.settings import SamplerSettings
from inference.store import (
    read_trace,
    require_unwritten,
    stamp_provenance,
    write_trace,
)
from tests.places import ROOT

SETTINGS = SamplerSettings(seed=7)


@pytest.fixture
def tree() -> xr.DataTree:
    posterior = xr.Dataset(
        {"mean": (("chain", "draw"), np.arange(8.0).reshape(2, 4))},
        coords={"chain": [0, 1], "draw": range(4)},
    )
    panel = xr.Dataset(
        {"yield_bp": (("week",), [400.0, np.nan])},
        coords={"week": np.array(["2004-07-07", "2004-07-14"], dtype="datetime64[ns]")},
    )
    statistics = xr.Dataset({"diverging": (("chain", "draw"), np.zeros((2, 4), bool))})
    return xr.DataTree.from_dict(
        {"posterior": posterior, "panel": panel, "sample_stats": statistics}
    )


def test_a_trace_reads_back_equal(tree: xr.DataTree, tmp_path: Path) -> None:
    write_trace(tree, tmp_path / "a.nc")
    back = read_trace(tmp_path / "a.nc")
    for name, group in tree.children.items():
        xr.testing.assert_identical(back[name].to_dataset(), group.to_dataset())


def test_provenance_survives_the_file(tree: xr.DataTree, tmp_path: Path) -> None:
    stamp_provenance(tree, SETTINGS, {"model": "toy", "data_sha256": "ab"}, 1.5)
    write_trace(tree, tmp_path / "a.nc")
    attributes = read_trace(tmp_path / "a.nc").attrs
    assert attributes["settings"] == SETTINGS.to_dict()
    assert attributes["seed"] == 7
    assert attributes["wall_time_s"] == 1.5
    assert attributes["model"] == "toy"
    assert {"python", "pymc", "nutpie", "numba"} <= set(attributes["versions"])
    assert attributes["created"].endswith("+00:00")


def test_writing_leaves_the_tree_as_it_was(tree: xr.DataTree, tmp_path: Path) -> None:
    tree.attrs["settings"] = {"draws": 1}
    write_trace(tree, tmp_path / "a.nc")
    assert tree.attrs == {"settings": {"draws": 1}}


@pytest.mark.parametrize("kept", [0.0, 0.1, 0.5, 0.99], ids=lambda share: f"{share}")
def test_a_truncated_trace_is_refused(
    tree: xr.DataTree, tmp_path: Path, kept: float
) -> None:
    path = tmp_path / "a.nc"
    write_trace(tree, path)
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    with pytest.raises(DataError, match=r"a\.nc is damaged"):
        read_trace(path)


def test_a_netcdf_file_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "foreign.nc"
    xr.Dataset({"x": 1.0}).to_netcdf(path, engine="netcdf4")
    with pytest.raises(DataError, match=r"foreign\.nc is no trace"):
        read_trace(path)


def test_a_missing_trace_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.nc is not a file"):
        read_trace(tmp_path / "none.nc")


def test_a_name_that_is_not_netcdf_is_refused(
    tree: xr.DataTree, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=r"does not end in \.nc"):
        write_trace(tree, tmp_path / "a.csv")


WRITER_THAT_HANGS_HALFWAY = textwrap.dedent(
    """
    import sys, time
    from pathlib import Path
    import xarray as xr
    import inference.store

    whole_write = xr.DataTree.to_netcdf

    def hang_after_writing_half(self, path, **options):
        whole_write(self, path, **options)
        content = Path(path).read_bytes()
        Path(path).write_bytes(content[: len(content) // 2])
        print("writing", flush=True)
        time.sleep(60)

    xr.DataTree.to_netcdf = hang_after_writing_half
    tree = xr.DataTree.from_dict({"posterior": xr.Dataset({"mean": 99.0})})
    inference.store.write_trace(tree, Path(sys.argv[1]))
    """
)


def test_a_writer_killed_halfway_leaves_the_earlier_trace(
    tree: xr.DataTree, tmp_path: Path
) -> None:
    path = tmp_path / "a.nc"
    write_trace(tree, path)
    before = path.read_bytes()
    with subprocess.Popen(  # noqa: S603 - runs this very interpreter
        [sys.executable, "-c", WRITER_THAT_HANGS_HALFWAY, str(path)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"writing\n"
        writer.send_signal(signal.SIGKILL)
    assert path.read_bytes() == before
    assert float(read_trace(path)["posterior"]["mean"].max()) == 7.0


@pytest.mark.parametrize(
    "text", ["[old] panels/x.csv", '{"a": 1}', "{broken", "[", "", "caf\udce9.csv"]
)
def test_text_that_looks_like_json_stays_text(
    tree: xr.DataTree, tmp_path: Path, text: str
) -> None:
    tree.attrs = {"data_source": text, "settings": {"draws": 1}, "notes": ["[x]"]}
    write_trace(tree, tmp_path / "a.nc")
    attributes = read_trace(tmp_path / "a.nc").attrs
    assert attributes["data_source"] == text.replace("\udce9", r"\udce9")
    assert attributes["settings"] == {"draws": 1}
    assert attributes["notes"] == ["[x]"]


@pytest.mark.parametrize(
    "value", [2**64, True, None, 1.5, -3, np.float64(2.5), np.int64(7), [1, {"a": 2}]]
)
def test_attributes_of_any_type_survive_the_file(
    tree: xr.DataTree, tmp_path: Path, value: object
) -> None:
    tree.attrs = {"given": value}
    write_trace(tree, tmp_path / "a.nc")
    assert read_trace(tmp_path / "a.nc").attrs["given"] == value


def test_traces_that_do_not_list_their_json_are_read(
    tree: xr.DataTree, tmp_path: Path
) -> None:
    path = tmp_path / "a.nc"
    attributes = {"settings": '{"draws": 1}', "data_source": "[old] x.csv"}
    tree.attrs = attributes | {"trace_format": 1}
    tree.to_netcdf(path, engine="netcdf4")
    found = read_trace(path).attrs
    assert found["settings"] == {"draws": 1}
    assert found["data_source"] == "[old] x.csv"


def test_a_trace_that_its_place_refuses_is_kept_elsewhere(
    tree: xr.DataTree, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(DataError, match="the trace is kept in ") as caught:
        write_trace(tree, tmp_path / "notes.txt" / "a.nc")
    kept = Path(caught.value.problem.rpartition(" ")[2])
    assert float(read_trace(kept)["posterior"]["mean"].max()) == 7.0
    kept.unlink()


@pytest.mark.parametrize(
    "name", [" a.nc", "a::b.nc", "a%20b#mode=zarr,s3&.nc", "~a.nc"]
)
def test_a_name_like_an_address_is_that_of_a_file(
    name: str, tree: xr.DataTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_trace(tree * 0.0, Path("a.nc"))
    write_trace(tree, Path(name))
    assert float(read_trace(Path(name))["posterior"]["mean"].max()) == 7.0


@pytest.mark.parametrize("name", ["a\\b.nc", "caf\udce9.nc", "fol\\der/a.nc"])
def test_a_name_that_netcdf_cannot_take_is_refused_before_and_loses_no_draws(
    name: str, tree: xr.DataTree, tmp_path: Path
) -> None:
    path = tmp_path / name
    with pytest.raises(DataError, match="netCDF can neither"):
        require_unwritten(path, is_forced=False)
    with pytest.raises(DataError, match="the trace is kept in ") as caught:
        write_trace(tree, path)
    kept = Path(caught.value.problem.rpartition(" ")[2])
    assert float(read_trace(kept)["posterior"]["mean"].max()) == 7.0
    path.parent.mkdir(exist_ok=True)
    kept.rename(path)
    with pytest.raises(DataError, match="netCDF can neither"):
        read_trace(path)


def test_a_trace_that_fills_the_disk_is_kept_elsewhere(
    tree: xr.DataTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole_write = xr.DataTree.to_netcdf

    def write_elsewhere_alone(self: xr.DataTree, path: Path, **options: Any) -> None:
        if path.parent == tmp_path:
            raise RuntimeError("NetCDF: HDF error")
        whole_write(self, path, **options)

    monkeypatch.setattr(xr.DataTree, "to_netcdf", write_elsewhere_alone)
    with pytest.raises(DataError, match=r"HDF error.*; the trace is kept") as caught:
        write_trace(tree, tmp_path / "a.nc")
    kept = Path(caught.value.problem.rpartition(" ")[2])
    assert float(read_trace(kept)["posterior"]["mean"].max()) == 7.0
    kept.unlink()
    assert not list(tmp_path.iterdir())


def test_a_package_that_was_copied_has_an_unknown_version(
    tree: xr.DataTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_installed(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("inference.store.version", not_installed)
    stamp_provenance(tree, SETTINGS, {"model": "toy"}, 1.5)
    assert tree.attrs["versions"]["treasury-liquidity-workbench"] == "unknown"
