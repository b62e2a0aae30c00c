import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from numba.core.caching import IndexDataCacheFile

import models.likelihoods.compiled.disk_cache as disk_cache
from tests.places import ROOT


@pytest.mark.parametrize("kept", [0.0, 0.5])
@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
def test_a_damaged_entry_counts_as_none_and_is_written_again(
    suffix: str, kept: float, tmp_path: Path
) -> None:
    cache = IndexDataCacheFile(str(tmp_path), "name", 0)
    cache.save("key", {"payload": "x" * 500})
    assert cache.load("key") == {"payload": "x" * 500}
    (file,) = tmp_path.glob(f"*.{suffix}")
    content = file.read_bytes()
    file.write_bytes(content[: int(kept * len(content))])
    assert cache.load("key") is None
    cache.save("key", "again")
    assert cache.load("key") == "again"


def imported(home: Path, folder: Path, flags: str = "") -> subprocess.CompletedProcess:
    environment = {**os.environ, "HOME": str(home), "TMPDIR": str(folder)}
    environment |= {"PYTENSOR_FLAGS": flags, "PYTHONPATH": str(ROOT)}
    code = (
        "import models.likelihoods.compiled.disk_cache, os;"
        "print(os.environ['PYTENSOR_FLAGS'])"
    )
    # Of the package itself nothing is asked: what it imports takes seconds.
    code = (
        "import sys, types; package = types.ModuleType('models');"
        f"package.__path__ = [{str(ROOT / 'models')!r}];"
        f"sys.modules['models'] = package; {code}"
    )
    return subprocess.run(  # noqa: S603 - runs this very interpreter
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )


def test_a_home_that_is_no_folder_sends_compilation_to_a_private_one(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    home.write_text("")
    done = imported(home, tmp_path, "floatX=float64")
    place = tmp_path / f"pytensor-{os.getuid()}"
    assert done.stdout == f"floatX=float64,base_compiledir={place}\n"
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert "cannot be written" in done.stderr
    assert "PYTENSOR_FLAGS=base_compiledir=FOLDER" in done.stderr


def test_a_folder_that_others_may_fill_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    open_to_all = tmp_path / f"pytensor-{os.getuid()}"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    assert disk_cache._temporary_place() not in (open_to_all, tmp_path)


@pytest.mark.parametrize("flags", ["", "base_compiledir=/somewhere"])
def test_a_place_that_serves_or_was_chosen_stays(flags: str, tmp_path: Path) -> None:
    done = imported(tmp_path, tmp_path, flags)
    assert (done.stdout, done.stderr) == (f"{flags}\n", "")
