"""One look for all figures: sizes for print, colours for colour-blind readers.

Colours are those of Okabe and Ito (2008). Width is that of a text column of US letter
paper with one-inch margins, so that a figure is printed at its own size and its text at
the size set here.
"""

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from textwrap import fill
from typing import Any

import matplotlib as mpl
import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import get_font_names
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text
from matplotlib.ticker import LogFormatterMathtext, LogFormatterSciNotation
from numpy.typing import ArrayLike
from PIL import Image

from data.errors import DataError
from data.files.atomic import replacing

WIDTH_INCHES = 6.5
DPI = 200

BLACK = "#000000"
ORANGE = "#E69F00"
SKY_BLUE = "#56B4E9"
GREEN = "#009E73"
BLUE = "#0072B2"
VERMILLION = "#D55E00"
PURPLE = "#CC79A7"
GREY = "#8A8A8A"

MARKET_COLORS = {"cash": BLUE, "futures": VERMILLION, "net": BLACK}
MARKET_LINES = {"cash": "-", "futures": (0, (4, 1.5)), "net": "-"}
PUBLISHED_COLOR = ORANGE

LOOKS = (
    (BLUE, "o"),
    (VERMILLION, "s"),
    (ORANGE, "D"),
    (GREEN, "^"),
    (PURPLE, "v"),
    (SKY_BLUE, "P"),
    (GREY, "X"),
)
"""Colours and markers of what stands side by side, in its order."""

BAND_ALPHA = 0.28

SHADE_STEP = 15
FEWER_SHADES = [SHADE_STEP * round(x / SHADE_STEP) for x in range(256)] * 3
"""Of each colour in a PNG: 18 shades look like 256 in line art, at half the bytes."""

MOST_TICKS = dict.fromkeys(range(8), 6) | {mdates.MONTHLY: 7}
"""Of an axis of dates. Six months are the longest interval below a year, and three
years, the fewest with ticks by year, hold seven ends of them."""

OTHER_SCRIPTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Zen Hei",
    "Noto Sans Arabic",
    "Noto Emoji",
    "Segoe UI Emoji",
)
"""Fonts for characters that the first one lacks, where they are installed."""

STYLE: dict[Any, Any] = {
    "font.family": [
        "DejaVu Sans",
        *(name for name in OTHER_SCRIPTS if name in get_font_names()),
    ],
    "font.size": 8,
    "axes.titlesize": 8.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.axisbelow": True,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.5,
    "lines.linewidth": 1.0,
    "figure.constrained_layout.use": True,
    "figure.dpi": 100,
    "savefig.dpi": DPI,
    # Text stays text in the PDF, in fonts that every journal accepts.
    "pdf.fonttype": 42,
}


@contextmanager
def paper_style() -> Iterator[None]:
    """Draw inside the block in the common style."""
    with mpl.rc_context(STYLE):
        yield


def use_paper_style() -> None:
    """Draw everything that follows in the common style, as in a notebook."""
    mpl.rcParams.update(STYLE)


def new_figure(
    rows: int, columns: int, height_inches: float, **options: Any
) -> tuple[Figure, list[Axes]]:
    """Make a figure of full text width with its axes in reading order.

    Parameters
    ----------
    rows, columns : int
    height_inches : float
    **options
        Passed to :meth:`matplotlib.figure.Figure.subplots`.

    Returns
    -------
    Figure
    list of Axes
    """
    figure = Figure(figsize=(WIDTH_INCHES, height_inches))
    axes = figure.subplots(rows, columns, squeeze=False, **options)
    return figure, list(axes.flat)


def zero_line(axes: Axes) -> None:
    """Mark zero behind the data."""
    axes.axhline(0, color=GREY, linewidth=0.6, zorder=0.5)


def date_axis(axes: Axes) -> None:
    """Label years as the span allows."""
    locator = mdates.AutoDateLocator(minticks=3, maxticks=MOST_TICKS)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))


def band(
    axes: Axes,
    x: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    color: str,
    label: str | None = None,
) -> None:
    """Shade a credible band without an edge."""
    axes.fill_between(
        np.asarray(x),
        np.asarray(lower, dtype=float),
        np.asarray(upper, dtype=float),
        color=color,
        alpha=BAND_ALPHA,
        linewidth=0,
        label=label,
    )


def shared_legend(figure: Figure, axes: Sequence[Axes], columns: int) -> None:
    """Put one legend for all axes below them, each label once."""
    found: dict[str, Any] = {}
    for one in axes:
        for handle, label in zip(*one.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    figure.legend(
        list(found.values()), list(found), loc="outside lower center", ncols=columns
    )


WARNING_LETTERS = 72
"""Of a line of the banner, which is as wide as the text."""


def mark_warning(figure: Figure, warning: str) -> None:
    """Print a red banner across the top of a figure that must not be used."""
    if not warning:
        return
    figure.suptitle(
        fill(warning, WARNING_LETTERS),
        color="white",
        fontsize=9,
        fontweight="bold",
        bbox={"facecolor": "#B00020", "edgecolor": "none", "pad": 4},
    )


FOOTNOTE_INCHES = 0.13


def mark_footnote(figure: Figure, footnote: str) -> None:
    """Print small words below all else of a figure, in room of their own."""
    if not footnote:
        return
    height = FOOTNOTE_INCHES / figure.get_figheight()
    engine = figure.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        engine.set(rect=(0, height, 1, 1 - height))
    figure.text(0.998, 0.15 * height, footnote, fontsize=6, color=GREY, ha="right")


class PlainPowers(LogFormatterSciNotation):
    """Powers of ten in superscript digits rather than in mathematics."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Label of a tick, such as "10⁻²"."""
        text = str(super().__call__(x, pos))
        found = _POWER.search(text)
        if found is None:
            return re.sub(r"[${}]|\\mathdefault", "", text)
        factor = f"{found[1]} × " if found[1] else ""
        return f"{factor}10{found[2].replace('−', '-').translate(_SUPERSCRIPTS)}"


_POWER = re.compile(r"(?:([\d.]+)\s*\\times\s*)?10\^\{([-−]?\d+)\}")
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _take_words_as_they_are(figure: Figure) -> None:
    """Read no formula into labels, which come from data: a dollar sign is one."""
    for text in figure.findobj(Text):
        text.set_parse_math(False)
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            for ticks in (axis.major, axis.minor):
                if isinstance(ticks.formatter, LogFormatterMathtext):
                    plain = PlainPowers()
                    vars(plain).update(vars(ticks.formatter))
                    ticks.formatter = plain


@contextmanager
def _words_as_they_are() -> Iterator[None]:
    """Draw in the common style; labels of ticks are only made while drawing."""
    with paper_style(), mpl.rc_context({"text.parse_math": False}):
        yield


def png_bytes(figure: Figure) -> bytes:
    """Encode a figure as PNG, the same bytes for the same figure.

    Drawn on its own canvas: saving through the figure would draw everything twice, once
    to find the layout.

    Parameters
    ----------
    figure : Figure

    Returns
    -------
    bytes
    """
    canvas = FigureCanvasAgg(figure)
    figure.set_dpi(DPI)
    with _words_as_they_are():
        canvas.draw()
    drawn = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    encoded = BytesIO()
    drawn.point(FEWER_SHADES).save(encoded, format="png", dpi=(DPI, DPI))
    return encoded.getvalue()


def pdf_bytes(figure: Figure) -> bytes:
    """Encode a figure as PDF, the same bytes for the same figure.

    Parameters
    ----------
    figure : Figure

    Returns
    -------
    bytes
    """
    encoded = BytesIO()
    with _words_as_they_are():
        figure.savefig(encoded, format="pdf", dpi=DPI, metadata={"CreationDate": None})
    return encoded.getvalue()


ENCODERS = {"png": png_bytes, "pdf": pdf_bytes}
"""Ending of a figure's file -> what writes it, in order."""


def write_figure_as(figure: Figure, path: Path) -> None:
    """Write a figure in the format that the name of the file says.

    Parameters
    ----------
    figure : Figure
    path : Path
        Ends in .png or .pdf.

    Raises
    ------
    DataError
        If the name has another ending.
    """
    encode = ENCODERS.get(path.suffix.removeprefix(".").lower())
    if encode is None:
        raise DataError(
            f"{path}: no figure is written to a name that ends so",
            f"End it in one of {', '.join(f'.{kind}' for kind in ENCODERS)}.",
        )
    _take_words_as_they_are(figure)
    with replacing(path) as temporary, _telling_missing_characters(path):
        temporary.write_bytes(encode(figure))


def write_figure(figure: Figure, folder: Path, stem: str) -> list[Path]:
    """Write `<stem>.png` and `<stem>.pdf`, each complete or not at all.

    Parameters
    ----------
    figure : Figure
    folder : Path
        Created where missing.
    stem : str

    Returns
    -------
    list of Path
        The PNG, then the PDF.
    """
    paths = [folder / f"{stem}.{kind}" for kind in ENCODERS]
    for path in paths:
        write_figure_as(figure, path)
        # The second file keeps the layout that was found for the first.
        figure.set_layout_engine("none")
    return paths


@contextmanager
def _telling_missing_characters(path: Path) -> Iterator[None]:
    """Warn once a file of characters that no font has, in place of once a glyph."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    glyphs = set()
    for warning in caught:
        found = _GLYPH.match(str(warning.message))
        if found:
            glyphs.add(found[1])
        else:
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    if glyphs:
        warnings.warn(
            f"{path}: no font here has {', '.join(sorted(glyphs))}: boxes stand for "
            f"them. Install one of {', '.join(OTHER_SCRIPTS[:1] + OTHER_SCRIPTS[-2:])}",
            stacklevel=2,
        )


_GLYPH = re.compile(r"Glyph (.*) missing from")
