"""End with one line at a signal that comes while a command is still being imported.

Importing takes seconds, and commands take signals over where they begin
(`data.commands.ending`). Every package that ``python -m`` can run imports this module
first. It acts where Python was started so, and in no other program.
"""

import os
import signal
import sys
from itertools import pairwise
from types import FrameType

EXIT_INTERRUPTED = 130
"""Exit status after Ctrl-C or SIGTERM."""

STOPPED = "Stopped; nothing incomplete was written."

STOPPING = (signal.SIGINT, signal.SIGTERM)
"""Signals that ask a command to stop."""

PACKAGES = ("data", "models", "inference", "analysis", "studies", "benchmarks")


def stop_at_signals() -> None:
    """End this process at once when a signal comes: nothing is being written yet."""
    for number in STOPPING:
        signal.signal(number, _stop)


def _stop(_number: int, _frame: FrameType | None) -> None:
    os.write(2, f"{STOPPED}\n".encode())
    os._exit(EXIT_INTERRUPTED)


def _runs_a_command() -> bool:
    """Whether Python is looking for one of the packages, to run it.

    While it does, the program's name is "-m" and not yet the file that was found.
    """
    asked = (after for given, after in pairwise(sys.orig_argv) if given == "-m")
    return sys.argv[:1] == ["-m"] and next(asked, "") in PACKAGES


if _runs_a_command():
    stop_at_signals()
