"""A table as data, and as CSV, LaTeX (booktabs) and HTML.

The CSV holds numbers under column names that a program can rely on; the two others
hold rounded text under headings for a reader.
"""

import html
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

INTERVAL_NOTE = "Intervals are equal-tailed 95% credible intervals."


NOT_AVAILABLE = "n/a"

_LATEX = str.maketrans(
    {
        "−": "$-$",
        "–": "--",
        "×": r"$\times$",
        "²": r"\textsuperscript{2}",
        "≥": r"$\ge$",
        "→": r"$\to$",
        "\u00a0": "~",
        "’": "'",
        # In the default font encoding both would print as other characters.
        "<": "$<$",
        ">": "$>$",
    }
)


_LATEX_SYNTAX = str.maketrans(
    {character: f"\\{character}" for character in "&%$#_{}"}
    | {
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "\\": r"\textbackslash{}",
    }
)

LAST_LATIN = 0x17F
"""Last character that pdfLaTeX knows without further packages."""

_LABEL = re.compile(r"[^A-Za-z0-9:_.-]+")
"""What may not stand in the label of a LaTeX table."""

_SHRINK_TO_TEXT = r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%"


@dataclass(frozen=True)
class Table:
    """One table.

    Attributes
    ----------
    stem : str
        Name of the function that made it, and of its files.
    caption : str
        What is shown, with units.
    frame : DataFrame
        Unrounded numbers; what the CSV holds.
    display : DataFrame
        Text, one column a heading; what LaTeX and HTML hold.
    warning : str
        Loud words when the numbers must not be used; else empty.
    fit_name : str
        Whose numbers these are, when the report holds one such table per fit.
    label : str
        Its number in a report, as "Table 3"; empty outside of one. LaTeX counts its
        own.
    """

    stem: str
    caption: str
    frame: pd.DataFrame
    display: pd.DataFrame
    warning: str = ""
    fit_name: str = ""
    label: str = ""

    @property
    def file_stem(self) -> str:
        """Stem of the files, with the fit's name where several fits share a table."""
        return f"{self.stem}__{self.fit_name}" if self.fit_name else self.stem

    def to_latex(self) -> str:
        """Booktabs table no wider than the text; Latin letters only.

        Needs the packages booktabs and graphicx.
        """
        caption = _latex_text(self.caption)
        if self.warning:
            caption = rf"\textbf{{{_latex_text(self.warning)}.}} {caption}"
        styler = self.display.style.hide(axis="index").format(escape="latex")
        styler = styler.format_index(escape="latex", axis="columns")
        latex = styler.to_latex(
            hrules=True,
            caption=caption,
            label=f"tab:{_LABEL.sub('-', self.file_stem)}",
            position="htbp",
            position_float="centering",
            column_format="".join(_alignment(self.display)),
        )
        return (
            _ascii_latex(latex)
            .replace(r"\begin{tabular}", f"{_SHRINK_TO_TEXT}\n\\begin{{tabular}}")
            .replace(r"\end{tabular}", "\\end{tabular}}")
        )

    def to_html(self) -> str:
        """Table element with caption, every cell escaped."""
        aligned = _alignment(self.display)
        headings = "".join(
            f'<th scope="col" class="{side}">{html.escape(str(name))}</th>'
            for name, side in zip(self.display.columns, aligned, strict=True)
        )
        rows = "\n".join(
            "<tr>" + "".join(map(_html_cell, row, aligned)) + "</tr>"
            for row in self.display.itertuples(index=False)
        )
        return (
            f"<table>\n<thead><tr>{headings}</tr></thead>\n"
            f"<tbody>\n{rows}\n</tbody>\n</table>"
        )


def _html_cell(text: str, side: str) -> str:
    return f'<td class="{side}">{html.escape(str(text))}</td>'


def _alignment(display: pd.DataFrame) -> list[str]:
    """Right for columns of figures, left for words."""
    return ["r" if _is_numeric(display[name]) else "l" for name in display]


_FIGURE = r"\[?[−<>]?\d[\d,]*(\.\d+)?%?y?( .*|,.*)?"
"""A number, an interval, or a number with its standard error behind it."""


def _is_numeric(column: pd.Series) -> bool:
    text = column.astype(str)
    is_figure = text.str.fullmatch(_FIGURE)
    return bool((is_figure | text.isin(["", NOT_AVAILABLE])).all() and is_figure.any())


def _latex_text(text: str) -> str:
    """Text of a caption, but for what the table as a whole is translated for."""
    return text.translate(_LATEX_SYNTAX)


def _ascii_latex(latex: str) -> str:
    """Translate what the default encodings lack; "?" for other scripts."""
    return "".join(
        character if ord(character) <= LAST_LATIN else "?"
        for character in latex.translate(_LATEX)
    )


def number(value: float, decimals: int) -> str:
    """Round to text with a true minus sign; "n/a" for a missing number."""
    if not np.isfinite(value):
        return NOT_AVAILABLE
    text = f"{value:,.{decimals}f}"
    is_zero = not text.strip("-0.,")
    return text.lstrip("-") if is_zero else text.replace("-", "−")


def range_text(low: float, high: float, decimals: int) -> str:
    """Words such as "0.51 to 0.64"; one number where both ends round to it."""
    ends = number(low, decimals), number(high, decimals)
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def numbers(column: pd.Series, decimals: int) -> pd.Series:
    """:func:`number` of each element: text, also of a column without any."""
    return column.map(lambda value: number(float(value), decimals)).astype(str)


def unbroken(text: str) -> str:
    """Keep a short label on one line."""
    return text.replace(" ", "\u00a0")


def without_repeats(column: pd.Series) -> pd.Series:
    """Blank a row label that stands in the row above already."""
    return column.mask(column == column.shift(), "")


def interval(lower: pd.Series, upper: pd.Series, decimals: int) -> pd.Series:
    """Text such as "[0.51, 0.64]"."""
    pairs = zip(lower, upper, strict=True)
    return pd.Series(
        [f"[{number(a, decimals)}, {number(b, decimals)}]" for a, b in pairs],
        index=lower.index,
    )


def probability(column: pd.Series) -> pd.Series:
    """Probabilities to three decimals, never rounded to a certainty."""
    return column.map(_probability)


def _probability(value: float) -> str:
    if not np.isfinite(value):
        return NOT_AVAILABLE
    if value < 0.001:
        return "<0.001"
    return ">0.999" if value > 0.999 else f"{value:.3f}"
