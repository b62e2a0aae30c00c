"""How a command ends: done, a check failed, wrong use, a signal, or our own fault."""

import os
import signal
import socket
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import active_children
from types import FrameType
from typing import Any

import typer

from data.commands.starting import EXIT_INTERRUPTED, STOPPED, STOPPING
from data.errors import DataError

EXIT_WRONG_USE = 2
"""Exit status for wrong use or bad input."""

EXIT_FAULT = 70
"""Exit status for an error that nobody foresaw (EX_SOFTWARE of sysexits.h)."""

SECONDS_TO_STOP = 5.0
"""After a signal; then whatever still runs, such as a compiler, is cut off. What was
being written stays under a temporary name, which the next run there removes."""

_OS_REMEDY = "check that the path exists, is of the right kind and may be used."


class Interrupted(BaseException):
    """A signal asked the command to stop.

    No KeyboardInterrupt: samplers take one for the wish to keep the draws so far.
    """


@contextmanager
def ending_with_status() -> Iterator[None]:
    """End the command with a status that says how, and one message where it failed.

    Works as a context manager and as a decorator of a typer command::

        @app.command()
        @ending_with_status()
        def price_pressure(...) -> None: ...

    Raises
    ------
    typer.Exit
        With code 2, after the problem and its remedy went to standard error, in place
        of a `DataError`, of the operating system refusing a file, or of too little
        memory; 130 after a signal; 70, with the place of a full report, in place of
        any other exception.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A path that the terminal cannot show is no reason to end.
            stream.reconfigure(errors="replace")
    try:
        with _stopping_at_signals():
            yield
    except DataError as error:
        raise _wrong_use(str(error)) from error
    except OSError as error:
        raise _wrong_use(f"{error}\n  Remedy: {_OS_REMEDY}") from error
    except MemoryError as error:
        remedy = "close other programs, or take fewer rows, draws or chains."
        words = f"too little memory: {error}" if str(error) else "too little memory"
        raise _wrong_use(f"{words}\n  Remedy: {remedy}") from error
    except (Interrupted, KeyboardInterrupt) as error:
        typer.echo(STOPPED, err=True)
        raise typer.Exit(EXIT_INTERRUPTED) from error
    except Exception as error:
        # Typer's own exits are exceptions, too.
        if isinstance(error, (typer.Exit, typer.Abort)) or hasattr(error, "exit_code"):
            raise
        _report_fault(error)
        raise typer.Exit(EXIT_FAULT) from error


def _wrong_use(message: str) -> typer.Exit:
    typer.echo(f"Error: {message}", err=True)
    return typer.Exit(EXIT_WRONG_USE)


def _report_fault(error: Exception) -> None:
    """Say what happened in three lines, and keep the rest in a file."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    words = str(error).strip().splitlines() or [""]
    full = "".join(traceback.format_exception(error))
    typer.echo(
        f"Error: unforeseen {type(error).__name__}: {words[0]} "
        f"({last.filename}, line {last.lineno})",
        err=True,
    )
    try:
        handle, name = tempfile.mkstemp(prefix="workbench-fault-", suffix=".txt")
        with open(handle, "w", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            file.write(f"{' '.join(sys.argv)}\n\n{full}")
    except OSError:
        typer.echo(full, err=True)
        name = "the lines above"
    typer.echo(
        f"  Remedy: this is a fault of the program, not of its input. Report it with "
        f"{name}",
        err=True,
    )


@contextmanager
def _stopping_at_signals() -> Iterator[None]:
    """Raise `Interrupted` at a signal, and end the process where that does not help."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in STOPPING}
    for number in STOPPING:
        signal.signal(number, _interrupt)
    # The handler runs between two steps of Python; a compiler may take long over one.
    ours, woken = socket.socketpair()
    woken.setblocking(False)
    fd_before = signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=_end_soon, args=(ours,), daemon=True).start()
    try:
        yield
    except Exception as error:
        # Raised within a callback of C code, Interrupted is lost there, and what the
        # code then lacks is another error.
        if signal.getsignal(STOPPING[0]) is _end_now:
            raise Interrupted from error
        raise
    finally:
        signal.set_wakeup_fd(fd_before)
        woken.close()
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, _: FrameType | None) -> None:
    for each in STOPPING:
        signal.signal(each, _end_now)
    # A pool of processes would first wait for what they are doing.
    _end_children()
    raise Interrupted(signal.Signals(number).name)


def _end_now(*_: Any) -> None:
    _end_children()
    with suppress(OSError):
        os.write(2, f"{STOPPED}\n".encode())
    os._exit(EXIT_INTERRUPTED)


def _end_soon(wakened: socket.socket) -> None:
    """Wait for a signal, then a while for the command, then no longer."""
    with wakened:
        # Other signals that somebody handles, such as a resized terminal's, wake, too.
        while (number := wakened.recv(1)) and number[0] not in STOPPING:
            pass
        if not number:
            return
        wakened.settimeout(SECONDS_TO_STOP)
        try:
            is_over = not wakened.recv(1)
        except TimeoutError:
            is_over = False
        if not is_over:
            _end_now()


def _end_children() -> None:
    for child in active_children():
        child.kill()
