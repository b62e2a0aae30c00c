"""The command ``tlw``: the commands of every floor under one name.

A console script has no working folder on its path, so that a user's own ``analysis.py``
or ``models/`` does not stand in the way. A floor is imported when one of its commands
is asked for, and not before.
"""

import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module

from data.commands.starting import stop_at_signals

NAME = "tlw"

SYNONYMS = {"predict": "forecast"}
"""Other names of commands."""

EXIT_WRONG_USE = 2

DATA, MODELS = "data.__main__", "models.__main__"
INFERENCE, FITTING = "inference.__main__", "workbench.fitting"
ANALYSIS = "analysis.__main__"

COMMANDS = {
    "fetch": (DATA, "fetch public data from its publishers"),
    "build": (
        DATA,
        "build a panel, the checked table that a model is fitted to",
    ),
    "template": (DATA, "write a file to begin with, to fill in your own data"),
    "clean": (DATA, "clean raw records, every removal explained"),
    "explain": (DATA, "print the life of one message"),
    "simulate": (MODELS, "simulate data from known parameters"),
    "prior-predictive": (ANALYSIS, "say what a model believes before its data"),
    "fit": (FITTING, "draw from the posterior of a model"),
    "run": (FITTING, "fit what a file says"),
    "config": (INFERENCE, "write what a fit was asked, to run it again"),
    "rerun": (FITTING, "fit again what a trace was asked to hold"),
    "update": (FITTING, "fit a newer panel as a trace was fitted"),
    "check": (
        INFERENCE,
        "judge traces: draws, sampler, modes, fit to the data",
    ),
    "score": (INFERENCE, "score each date's prediction from the past alone"),
    "export": (INFERENCE, "write what a posterior says"),
    "compile": (INFERENCE, "compile the models ahead of their first fit"),
    "summary": (
        ANALYSIS,
        "print estimates, intervals, signs and the verdict",
    ),
    "changes": (ANALYSIS, "print what a later fit says differently"),
    "compare": (ANALYSIS, "print which of several fits predicts better"),
    "forecast": (ANALYSIS, "print what is to come, with bands"),
    "plot": (ANALYSIS, "write one figure of the report"),
    "table": (
        ANALYSIS,
        "write one table of the report, for Word and Excel too",
    ),
    "fragility": (ANALYSIS, "print how likely liquidity is to break down"),
    "trading-cost": (ANALYSIS, "print what a trade will cost"),
    "report": (ANALYSIS, "write one page with tables and figures"),
}
"""Command -> module whose ``app`` has it, and help in one line."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Command and its arguments; those of the process where left out.

    Raises
    ------
    SystemExit
        With the status of the command.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in ("--help", "-h", "help"):
        print(_help())
        raise SystemExit(0 if given else EXIT_WRONG_USE)
    name = given[0] = SYNONYMS.get(given[0], given[0])
    if name not in COMMANDS:
        print(_unknown(name), file=sys.stderr)
        raise SystemExit(EXIT_WRONG_USE)
    # Importing takes seconds: commands take over where they begin.
    stop_at_signals()
    import_module(COMMANDS[name][0]).app(args=given, prog_name=NAME)


def _help() -> str:
    width = max(map(len, COMMANDS))
    rows = [f"  {name:<{width}}  {words}" for name, (_, words) in COMMANDS.items()]
    return "\n".join(
        [
            f"Usage: {NAME} COMMAND ...",
            "",
            "Bayesian workbench for US Treasury market liquidity.",
            "",
            *rows,
            "",
            f"{NAME} COMMAND --help says more, with examples.",
            "Ends with 0: done; 1: a check failed; 2: wrong use or bad input;",
            "130: stopped, nothing written; 70: a fault of the program.",
        ]
    )


def _unknown(name: str) -> str:
    near = get_close_matches(name, COMMANDS, n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"{NAME} --help lists them."
    return f"Error: there is no command {name!r}\n  Remedy: {remedy}"
