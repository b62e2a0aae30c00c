"""Tables as numbers, as LaTeX and as HTML."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.page.table import Table, number, numbers, probability, range_text
from analysis.page.table_files import write_table
from tests.latex import compile_tables


def _table(**changes: object) -> Table:
    arguments: dict = {
        "stem": "table_x",
        "caption": "5% of A & B_1",
        "frame": pd.DataFrame({"value": [-0.7251], "label": ["a & b"]}),
        "display": pd.DataFrame({"P(> 0)": ["−0.73"], "Of": ["a & b <c> 50%"]}),
    }
    return Table(**(arguments | changes))


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (-0.731, 2, "−0.73"),
        (-0.001, 2, "0.00"),
        (25528.44, 1, "25,528.4"),
        (np.nan, 2, "n/a"),
    ],
    ids=["minus-sign", "no-minus-zero", "thousands", "missing"],
)
def test_number_is_rounded_for_a_reader(value: float, decimals: int, text: str) -> None:
    assert number(value, decimals) == text


@pytest.mark.parametrize(
    ("low", "high", "decimals", "text"),
    [
        (13.6, 14.4, 0, "14"),
        (13.6, 14.6, 0, "14 to 15"),
        (-0.04, 0.04, 1, "0.0"),
        (-0.26, 0.1, 1, "−0.3 to 0.1"),
    ],
)
def test_a_range_that_rounds_to_one_number_is_one(
    low: float, high: float, decimals: int, text: str
) -> None:
    assert range_text(low, high, decimals) == text


def test_probability_is_never_rounded_to_a_certainty() -> None:
    text = probability(pd.Series([0.0, 0.5, 1.0])).tolist()
    assert text == ["<0.001", "0.500", ">0.999"]


def test_latex_is_booktabs_and_plain_ascii() -> None:
    latex = _table().to_latex()
    assert latex.isascii()
    for part in (r"\toprule", r"\midrule", r"\bottomrule", r"5\% of A \& B\_1"):
        assert part in latex
    assert r"$-$0.73 & a \& b $<$c$>$ 50\% \\" in latex


def test_latex_table_shrinks_to_the_width_of_the_text() -> None:
    latex = _table().to_latex()
    opened = latex.index(r"\resizebox{\ifdim\width>\linewidth")
    assert opened < latex.index(r"\begin{tabular}")
    assert r"\end{tabular}}" in latex
    assert latex.count("{") == latex.count("}")


def test_html_escapes_every_cell() -> None:
    page = _table().to_html()
    assert "a &amp; b &lt;c&gt; 50%" in page
    assert "<c>" not in page


def test_figures_are_set_to_the_right_and_words_to_the_left() -> None:
    page = _table().to_html()
    assert '<td class="r">−0.73</td>' in page
    assert '<td class="l">a &amp; b' in page


def test_warning_opens_the_latex_caption() -> None:
    latex = _table(warning="DIAGNOSTICS FAILED (x_1): do not use").to_latex()
    assert r"\caption{\textbf{DIAGNOSTICS FAILED (x\_1): do not use.} 5\%" in latex


def test_files_carry_the_function_name_and_the_fit(tmp_path: Path) -> None:
    paths = write_table(_table(fit_name="net"), tmp_path / "new")
    assert [path.name for path in paths] == ["table_x__net.csv", "table_x__net.tex"]
    read = pd.read_csv(paths[0])
    assert read["value"].item() == -0.7251
    assert list(paths[0].parent.glob(".*")) == []


def test_an_empty_column_of_numbers_can_stand_beside_text() -> None:
    cells = numbers(pd.Series([], dtype=float), 2) + " [a]"
    assert cells.tolist() == []


def test_names_and_captions_of_any_text_give_latex_that_compiles() -> None:
    hostile = "run 100% #2 & ^~\\{a}_ 中"
    latex = _table(fit_name=hostile, caption=f"A < b of {hostile}").to_latex()
    assert r"\label{tab:table_x__run-100-2-a-_-}" in latex
    assert (
        r"A $<$ b of run 100\% \#2 \& \textasciicircum{}\textasciitilde{}"
        r"\textbackslash{}\{a\}\_ ?" in latex
    )


def test_captions_and_headings_are_escaped_once(tmp_path: Path) -> None:
    display = pd.DataFrame(
        {
            "P(> 0)": ["<0.001", "n/a"],
            "x_1 & y": ["a < b", "1→3 ≥ 2"],
            "%$#{}~^\\": ["~ ^ \\", "R² − 5 % µ"],
            "β, σ": ["π = “0”", "λ… × 5’"],
        }
    )
    table = _table(display=display, caption="P(> 0) of β_1 & 中 – 5% \\ ~^ {x}…")
    assert "P($>$ 0)" in table.to_latex()
    assert "$$" not in table.to_latex()
    assert "?" in table.to_latex(), "of other scripts"
    _, tex = write_table(table, tmp_path)
    compile_tables([tex], tmp_path)


def test_text_of_a_csv_is_no_formula(tmp_path: Path) -> None:
    words = ["=HYPERLINK(1)", "+1", "-1", "@a", "\tx", "plain", "a=b"]
    frame = pd.DataFrame({"word": words, "value": [-1.5] * len(words)})
    csv, _ = write_table(_table(frame=frame), tmp_path)
    back = pd.read_csv(csv)
    assert back["word"].tolist() == [f"'{x}" for x in words[:5]] + words[5:]
    assert (back["value"] == -1.5).all()
