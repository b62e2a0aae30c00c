"""Blocks of the report about a panel, named after it where there are several."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from analysis.fit import Fit
from analysis.page.section import Block, ReportFigure
from analysis.page.table import Table


def panel_words(fit: Fit) -> str:
    """Where the panel of a fit came from."""
    return f"Panel {fit.tree.attrs['data_source']}, SHA-256 {fit.panel_hash}."


def panel_block(
    title: str,
    text: str,
    fit: Fit,
    items: Iterable[Table | ReportFigure],
    *,
    is_only_panel: bool,
) -> Block:
    """Block whose title and files carry the panel's name, unless it is the only one.

    Parameters
    ----------
    title, text : str
    fit : Fit
        Any fit to the panel. The title names its file and the first digits of its hash,
        which alone tell two panels apart; names of files carry the digits.
    items : iterable of Table or ReportFigure
    is_only_panel : bool
    """
    name = ""
    if not is_only_panel:
        name = fit.panel_name
        title += f": {Path(str(fit.tree.attrs['data_source'])).name}, {name}"
    return Block(title, text, tuple(replace(item, fit_name=name) for item in items))
