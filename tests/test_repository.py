"""What the README promises, and what the layout must keep."""

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("package", ["data", "models", "inference", "analysis"])
def test_packages_are_those_of_the_checkout(package):
    found = Path(importlib.import_module(package).__file__)
    assert found.is_relative_to(ROOT), "a package of the same name shadows ours"


def test_every_function_in_the_readme_exists():
    names = re.findall(
        r"\| `((?:data|models|inference|analysis)[\w.]+\.\w+)` \|", README
    )
    assert len(names) >= 6
    for name in names:
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(module), attribute), name


def test_every_file_in_the_readme_exists():
    tests = re.findall(r"`(tests/\w+\.py)`", README)
    links = re.findall(r"\]\((?!http)([\w/.]+)\)", README)
    assert tests
    assert links
    for name in tests + links:
        assert (ROOT / name).is_file(), name
