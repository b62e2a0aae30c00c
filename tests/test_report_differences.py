import pytest

from tests.report_differences import differences, page_text

PAGE = """<html><head><title>T</title><style>p { color: red }</style></head><body>
<p>Cash <strong>presses</strong>
more.</p><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>
<img alt="Bands" src="data:image/png;base64,AAAA"></body></html>"""


def folders(tmp_path, name, was, now):
    for folder, text in (("frozen", was), ("now", now)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(text)
    return list(differences(tmp_path / "frozen", tmp_path / "now"))


def test_text_of_a_page_is_what_a_reader_sees():
    lines = ["T", "Cash presses more.", "| a | b", "| 1 | 2", "[image: Bands]"]
    assert page_text(PAGE).splitlines() == lines


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("name,x\na,0.1\n", []),
        ("name,x\na,0.10000000000000002\n", []),
        ("name,x\na,0.1000001\n", ["t.csv: row 1, x: 0.1, now 0.1000001"]),
        ("name,x\na,\n", ["t.csv: row 1, x: 0.1, now "]),
        ("name,x\nb,0.1\n", ["t.csv: row 1, name: a, now b"]),
        (
            "name,y\na,0.1\n",
            ["t.csv: 1 rows of ['name', 'x'], now 1 rows of ['name', 'y']"],
        ),
        (
            "name,x\n",
            ["t.csv: 1 rows of ['name', 'x'], now 0 rows of ['name', 'x']"],
        ),
    ],
)
def test_tables_are_compared_cell_by_cell(tmp_path, now, expected):
    assert folders(tmp_path, "t.csv", "name,x\na,0.1\n", now) == expected


def test_text_is_compared_line_by_line(tmp_path):
    found = folders(tmp_path, "page.txt", "a\nb\nc\n", "a\nd\nc\n")
    assert found == ["page.txt: -b", "page.txt: +d"]


def test_only_the_names_of_figures_are_compared(tmp_path):
    assert folders(tmp_path, "f.png", "one", "two") == []
    (tmp_path / "now" / "f.png").rename(tmp_path / "now" / "g.png")
    found = list(differences(tmp_path / "frozen", tmp_path / "now"))
    assert found == ["f.png: only frozen", "g.png: only now"]
