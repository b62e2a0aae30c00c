"""The documentation site: whole, readable offline, and no staler than the code."""

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from tests.places import ROOT

DOCS = ROOT / "docs"
FETCHED = re.compile(
    r"""<(?:script|link|img|iframe)\b[^>]*(?:src|href)="(https?:)?//"""
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as `make docs` builds it, every warning an error."""
    folder = tmp_path_factory.mktemp("site")
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-W", DOCS, folder],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return folder


@pytest.mark.slow
def test_no_page_fetches_anything_from_elsewhere(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 20
    assert [page.name for page in pages if FETCHED.search(page.read_text())] == []
    styles = sorted(site.rglob("*.css"))
    assert [x.name for x in styles if re.search(r"url\(.?https?:", x.read_text())] == []


@pytest.mark.slow
def test_formulas_are_set_by_the_browser(site: Path) -> None:
    page = (site / "reference" / "models.html").read_text()
    assert "<math" in page
    assert not re.search(r"\\(?:hat|beta|Gamma|mathrm|theta)\b", page), "raw LaTeX"
    assert "mathjax" not in page.lower()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("checks.html", "above 1.01"),
        ("checks.html", "below 400"),
        ("glossary.html", "Basis points by which a yield lies above its efficient"),
        ("pymc.html", "leave_future_out"),
        ("compose.html", "LinearGaussianStateSpace"),
        ("index.html", "How far do Treasury yields move because dealers are full?"),
    ],
)
def test_pages_say_what_the_code_says(site: Path, page: str, text: str) -> None:
    shown = re.sub(r"<[^>]+>", "", (site / page).read_text())
    assert text in re.sub(r"\s+", " ", shown)


def documented() -> Iterator[str]:
    for page in (DOCS / "reference").glob("*.rst"):
        yield from re.findall(r"^\.\. auto\w+:: ([\w.]+)$", page.read_text(), re.M)


@pytest.mark.parametrize("package", ["models", "inference"])
def test_the_reference_holds_every_exported_name(package: str) -> None:
    exported = {f"{package}.{name}" for name in import_module(package).__all__}
    assert exported - set(documented()) == set()
