"""An exhibit computes its numbers once, and hands them to every form."""

import pandas as pd
import pytest
from matplotlib.figure import Figure

from analysis.every_model.findings import findings_of_exhibits
from analysis.page.columns import answer, bounds, chance, displayed, once, rounded
from analysis.page.exhibit import (
    Exhibit,
    drawn,
    figure_of,
    items_of,
    of_fit,
    of_subject,
    table_of,
)
from analysis.page.glossary import glossary
from analysis.page.section import ReportFigure
from analysis.page.table import Table
from tests.price_pressure.traces import random_fit


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "parameter": ["a", "a", "b"],
            "mean": [1.234, -0.0001, 2.5],
            "lower_95": [1.0, -1.0, 2.0],
            "upper_95": [1.5, 1.0, 3.0],
            "sign": [0.9999, 0.5, 1.0],
            "inside": [True, False, None],
        }
    )


def counted(calls: list[object]) -> Exhibit:
    def numbers(subject: object) -> pd.DataFrame:
        calls.append(subject)
        return frame()

    return Exhibit(
        name="table_counted",
        caption="Of {fit.name}.",
        frame=numbers,
        columns=(rounded("Mean", "mean", 1),),
        sentences=lambda _, found: [f"The mean is {found['mean'].iloc[0]}."],
    )


def test_numbers_are_computed_once_for_table_and_sentences() -> None:
    calls: list[object] = []
    fit = random_fit("net-inventory")
    shown = of_fit([counted(calls)], fit)
    (table,) = items_of(shown)
    found = findings_of_exhibits(fit, shown)
    assert isinstance(table, Table)
    assert table.caption == "Of net-inventory."
    assert table.file_stem == "table_counted__net-inventory"
    assert table.frame["mean"].iloc[0] == 1.234
    assert found.sentences[-1] == "The mean is 1.234."
    assert calls == [fit]


def test_nothing_is_said_of_a_fit_that_failed() -> None:
    fit = random_fit("net-inventory", failures=("R-hat of a is 1.2",))
    found = findings_of_exhibits(fit, of_fit([counted([])], fit))
    assert not any("The mean is" in sentence for sentence in found.sentences)


def test_what_is_not_there_is_neither_shown_nor_computed() -> None:
    calls: list[object] = []
    exhibit = counted(calls)
    hidden = Exhibit(
        name=exhibit.name, caption="", frame=exhibit.frame, shown=lambda _: False
    )
    assert of_subject([hidden], "a panel") == []
    assert calls == []


def test_a_figure_is_named_after_what_draws_it_and_says_whose_it_is() -> None:
    def figure_of_nothing(_: object) -> Figure:
        return Figure()

    fit = random_fit("net-inventory")
    (item,) = items_of(of_fit([drawn(figure_of_nothing, "Nothing.")], fit))
    assert isinstance(item, ReportFigure)
    assert item.file_stem == "figure_of_nothing__net-inventory"
    assert item.caption == f"Nothing. net-inventory, {fit.span}."


def test_a_figure_and_a_table_of_the_same_numbers_share_them() -> None:
    calls: list[object] = []
    drawn_of: list[object] = []
    table = counted(calls)

    def figure_counted(subject: object, found: pd.DataFrame) -> Figure:
        drawn_of.append(found)
        return Figure()

    fit = random_fit("net-inventory")
    figure = drawn(figure_counted, "Counted.", frame=table.frame)
    shown = of_subject([figure, table], fit, "a warning", "its name")
    assert calls == [fit]
    assert shown[0].frame is shown[1].frame
    assert [one.item.file_stem for one in shown] == [
        "figure_counted__its name",
        "table_counted__its name",
    ]
    item = shown[0].item
    assert isinstance(item, ReportFigure)
    item.drawn()
    assert drawn_of[0] is shown[0].frame


def test_one_exhibit_alone_is_a_table_or_a_figure() -> None:
    def figure_of_one(_: object) -> Figure:
        return Figure()

    fit, figure = random_fit("net-inventory"), drawn(figure_of_one, "One.")
    assert len(table_of(counted([]), fit).display) == 3
    assert isinstance(figure_of(figure, fit), Figure)
    with pytest.raises(TypeError, match="figure_of_one is no table"):
        table_of(figure, fit)
    with pytest.raises(TypeError, match="table_counted is no figure"):
        figure_of(counted([]), fit)


def test_columns_lay_out_a_frame() -> None:
    display = displayed(
        frame(),
        (
            once("Parameter", "parameter"),
            rounded("Mean", "mean", lambda f: f["parameter"].map({"a": 2, "b": 0})),
            bounds(1),
            chance("P", "sign"),
            answer("Inside", "inside"),
        ),
    )
    assert display.to_dict("list") == {
        "Parameter": ["a", "", "b"],
        "Mean": ["1.23", "0.00", "2"],
        "95% interval": ["[1.0, 1.5]", "[−1.0, 1.0]", "[2.0, 3.0]"],
        "P": [">0.999", "0.500", ">0.999"],
        "Inside": ["yes", "no", "n/a"],
    }


def test_a_term_that_nobody_explained_is_an_error() -> None:
    assert glossary("interval")[0][0] == "95% interval"
    with pytest.raises(KeyError, match="no_such_term"):
        glossary("no_such_term")
