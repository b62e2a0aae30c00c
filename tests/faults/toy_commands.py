"""Every layer's command line of a small family, for processes that tests stop.

``python -m tests.faults.toy_commands LAYER ARGUMENTS...``
"""

import sys

from analysis.__main__ import application as analysis_application
from data.commands.command import group
from data.panel import build_command
from inference.__main__ import application as inference_application
from tests.contracts import toy_family as toy

APPLICATIONS = {
    "data": lambda: group("Build.", [build_command(toy.PANEL)]),
    "models": lambda: group("Simulate.", [toy.SIMULATION]),
    "inference": lambda: inference_application({toy.NAME: toy.MODEL}),
    "analysis": lambda: analysis_application({toy.NAME: toy.REPORT}),
}

if __name__ == "__main__":
    APPLICATIONS[sys.argv[1]]()(sys.argv[2:], prog_name=f"toy {sys.argv[1]}")
