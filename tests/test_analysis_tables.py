"""Tables as numbers, as LaTeX and as HTML."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.tables import Table, number, numbers, probability, write_table


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
