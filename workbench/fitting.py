"""Fits as ``tlw`` runs them: each ends with the estimates and the verdict."""

from pathlib import Path

import typer

from analysis.console import summary
from analysis.page.terminal import print_table, terminal
from analysis.report import load_fit
from inference.__main__ import application
from inference.families import MODELS


def tell_estimates(trace: Path) -> None:
    """Print the table that the report would print first."""
    print_table(summary(load_fit(trace)), terminal())


app: typer.Typer = application(MODELS, tell_estimates)
