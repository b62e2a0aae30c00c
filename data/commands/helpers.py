"""Processes that help a command: they stop when it does, and leave Ctrl-C to it."""

import os
import signal
import threading
from multiprocessing import parent_process
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.resource_tracker import ensure_running

from data.commands.starting import EXIT_INTERRUPTED


class _Helper(SpawnProcess):
    """A process that hears no Ctrl-C, and ends as soon as the one that started it.

    A terminal sends Ctrl-C to all processes of a command, and each would print where it
    was. The command itself ends its helpers; one that is killed cannot.
    """

    def start(self) -> None:
        # Which unblocks the signal once it has started its own process.
        ensure_running()
        # What is blocked here is blocked in a process that starts here, from its first
        # instruction; what comes meanwhile is heard below.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def run(self) -> None:
        threading.Thread(target=_end_with_parent, daemon=True).start()
        super().run()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(EXIT_INTERRUPTED)


class _HelperContext(SpawnContext):
    # Spawned: a fork would take over locks that other threads of this process hold.
    Process = _Helper


HELPERS = _HelperContext()
"""Context of `multiprocessing` whose processes are helpers of this one."""
