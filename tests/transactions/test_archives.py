"""Zips, gzips and folders: read whole, or refused with what is wrong."""

import gzip
import zipfile

import pytest

from data.errors import DataError
from data.transactions.dialects import DIALECTS
from data.transactions.sources import open_sources
from tests.transactions.files import cleaned, refused, write_text, zipped
from tests.transactions.messages import TRADES
from tests.transactions.messages import message as m


def test_a_folder_and_a_zip_of_daily_zips(tmp_path):
    days = []
    for number, day in enumerate(("2020-01-02", "2020-01-03"), start=1):
        file = write_text(
            tmp_path / f"enhanced-{day}.txt", [m(number, "T", day)], "finra-enhanced"
        )
        days.append(zipped(tmp_path / f"{day}.zip", file))
    year = zipped(tmp_path / "2020.zip", *days)
    report = cleaned(tmp_path / "out", year, dialect="finra-enhanced")
    assert report["rows"]["kept"] == 2
    assert report["inputs"][0]["name"] == (
        f"{year}/2020-01-02.zip/enhanced-2020-01-02.txt"
    )
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    opened = list(open_sources([year], DIALECTS["finra-enhanced"], unpacked))
    assert {source.path for source in opened} == set(unpacked.iterdir())
    folder = tmp_path / "folder"
    folder.mkdir()
    days[0].rename(folder / days[0].name)
    assert cleaned(tmp_path / "two", folder, dialect="finra-enhanced")["rows"][
        "kept"
    ] == 1  # fmt: skip


def test_a_truncated_zip_is_refused(tmp_path):
    file = write_text(tmp_path / "a.txt", TRADES * 50, "finra-enhanced")
    year = zipped(tmp_path / "a.zip", file)
    whole = year.read_bytes()
    year.write_bytes(whole[: len(whole) // 2])
    assert "damaged or cut short" in refused(tmp_path, year)
    with zipfile.ZipFile(year, "w", zipfile.ZIP_STORED) as archive:
        archive.write(file, file.name)
    broken = bytearray(year.read_bytes())
    broken[len(broken) // 3] ^= 0xFF
    year.write_bytes(bytes(broken))
    assert "damaged or cut short" in refused(tmp_path, year)


@pytest.mark.parametrize("kind", [".zip", ".txt.gz"])
def test_whatever_is_damaged_in_a_packed_file_is_told_as_damage(tmp_path, kind):
    file = write_text(tmp_path / "a.txt", TRADES, "finra-enhanced")
    packed = tmp_path / f"packed{kind}"
    if kind == ".zip":
        zipped(packed, file)
    else:
        packed.write_bytes(gzip.compress(file.read_bytes()))
    whole = packed.read_bytes()
    told = 0
    for place in range(len(whole)):
        spoilt = bytearray(whole)
        spoilt[place] ^= 0xFF
        packed.write_bytes(spoilt)
        try:
            opened = list(open_sources([packed], DIALECTS["finra-enhanced"], tmp_path))
        except DataError:
            told += 1
        else:
            assert [source.records for source in opened] in ([3], [])
    assert told > len(whole) / 2


def test_an_archive_under_a_password_has_to_be_unpacked(tmp_path):
    file = write_text(tmp_path / "a.txt", TRADES, "finra-enhanced")
    locked = bytearray(zipped(tmp_path / "a.zip", file).read_bytes())
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(header) + flags] |= 1
    (tmp_path / "a.zip").write_bytes(locked)
    assert "Unpack it" in refused(tmp_path, tmp_path / "a.zip")
