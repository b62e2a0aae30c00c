"""Whatever is simulated says so in its file, and is read as before."""

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from data.commands.simulated import SIMULATED, noting_simulations
from data.families import PANELS
from data.transactions.sources import simulation_behind
from models.__main__ import app
from models.families import SIMULATIONS

SMALL = {
    "price-pressure": ("--variant", "net-inventory", "--weeks", 80),
    "liquidity-regimes": ("--days", 260),
    "basis": ("--days", 80),
    "basis-events": ("--days", 400),
    "half-life": ("--events", 40),
    "quotes": ("--days", 1, "--securities", 6),
    "trading-costs": ("--securities", 6, "--days", 25),
}
"""Command -> options of a small panel, which is of the kind of that name."""


def simulate(name: str, out: Path, *options: object) -> None:
    arguments = ["simulate", name, *options, "--seed", 3, "--out", out]
    result = CliRunner().invoke(app, [str(x) for x in arguments])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("name", SMALL)
def test_a_simulated_panel_carries_the_mark(name: str, tmp_path: Path) -> None:
    path = tmp_path / "twin.parquet"
    simulate(name, path, *SMALL[name])
    (words,) = pd.read_parquet(path)[SIMULATED].unique()
    assert words.startswith(f"simulate {name}, ")
    assert "seed 3" in words
    (kind,) = [kind for kind in PANELS if kind.name == name]
    with noting_simulations() as met:
        kind.file.read(path)
    assert met == {words}


def test_every_simulation_is_looked_at() -> None:
    assert {command.name for command in SIMULATIONS} == {*SMALL, "transactions"}


def test_events_of_a_simulated_basis_carry_it_too(tmp_path: Path) -> None:
    events = tmp_path / "events.csv"
    simulate("basis", tmp_path / "twin.csv", "--days", 600, "--events-out", events)
    assert pd.read_csv(events)[SIMULATED].unique().tolist() == [
        "simulate basis, seed 3, days 600"
    ]


def test_simulated_messages_are_known_by_the_scenario_beside_them(
    tmp_path: Path,
) -> None:
    simulate("transactions", tmp_path, "--trades", 200)
    (first, *_) = (tmp_path / "messages").iterdir()
    for given in (tmp_path, tmp_path / "messages", first):
        assert simulation_behind([given]) == "simulate transactions, seed 3"
    elsewhere = tmp_path.parent / "elsewhere"
    elsewhere.mkdir()
    assert simulation_behind([elsewhere]) == ""
