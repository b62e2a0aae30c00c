"""Every layer's command line of a small family, for processes that tests stop.

``python -m tests.faults.toy_commands LAYER ARGUMENTS...``
"""

import sys
from importlib import import_module

import typer

from data.commands.command import group
from data.commands.starting import stop_at_signals


def application(layer: str) -> typer.Typer:
    """Commands of a layer, which is imported when one of them is asked for."""
    toy = import_module("tests.contracts.toy_family")
    if layer == "data":
        return group("Build.", [import_module("data.panel").build_command(toy.PANEL)])
    if layer == "models":
        return group("Simulate.", [toy.SIMULATION])
    entries = {"inference": toy.MODEL, "analysis": toy.REPORT}
    floor = import_module(f"{layer}.__main__")
    return floor.application({toy.NAME: entries[layer]})


if __name__ == "__main__":
    stop_at_signals()
    application(sys.argv[1])(sys.argv[2:], prog_name=f"toy {sys.argv[1]}")
