"""Machine code on disk is found again only where none of its sources has changed."""

import os
import subprocess
import sys

import pytest

from data import arrays as data_arrays
from models.likelihoods import two_pass
from models.likelihoods.changing_components import arrays as changing_arrays
from models.likelihoods.changing_components import backward as changing_backward
from models.likelihoods.changing_components import forward as changing_forward
from models.likelihoods.changing_components import op as changing_op
from models.likelihoods.changing_components import passes as changing_passes
from models.likelihoods.compiled import (
    checked,
    floating_point,
    separate_passes,
    source_version,
    unrolling,
    vectors,
)
from models.likelihoods.compiled import elementary as hidden_markov_elementary
from models.likelihoods.compiled.source_version import (
    Source,
    imported_sources,
    source_beside,
    version_of,
)
from models.likelihoods.durations import op as durations_op
from models.likelihoods.hidden_markov import emission, emission_passes
from models.likelihoods.hidden_markov import filter as hidden_markov_filter
from models.likelihoods.hidden_markov import log_space as hidden_markov_log_space
from models.likelihoods.hidden_markov import op as hidden_markov_op
from models.likelihoods.hidden_markov import passes as hidden_markov_passes
from models.likelihoods.hidden_markov import smoother as hidden_markov_smoother
from models.likelihoods.hidden_markov import transitions as hidden_markov_transitions
from models.likelihoods.kalman import arrays as kalman_arrays
from models.likelihoods.kalman import backward as kalman_backward
from models.likelihoods.kalman import filter as kalman_filter
from models.likelihoods.kalman import forward as kalman_forward
from models.likelihoods.kalman import op as kalman_op
from models.likelihoods.kalman import stretch as kalman_stretch
from models.likelihoods.score_driven import arrays as score_driven_arrays
from models.likelihoods.score_driven import backward as score_driven_backward
from models.likelihoods.score_driven import forward as score_driven_forward
from models.likelihoods.score_driven import op as score_driven_op
from models.likelihoods.score_driven import passes as score_driven_passes
from tests.places import ROOT

PASS = {floating_point, separate_passes}
OP = {*PASS, checked, two_pass}

KALMAN = {
    *OP,
    kalman_arrays,
    kalman_backward,
    kalman_filter,
    kalman_forward,
    kalman_stretch,
    unrolling,
    vectors,
}

PASSES = {
    kalman_op: KALMAN,
    score_driven_op: {
        *KALMAN,
        kalman_op,
        score_driven_arrays,
        score_driven_backward,
        score_driven_forward,
        score_driven_passes,
    },
    score_driven_forward: {*PASS, score_driven_arrays, unrolling},
    score_driven_backward: {*PASS, score_driven_arrays, unrolling},
    kalman_forward: {*PASS, kalman_arrays, unrolling, vectors},
    kalman_backward: {
        *PASS,
        kalman_arrays,
        kalman_stretch,
        unrolling,
        vectors,
    },
    changing_op: {
        *OP,
        *KALMAN,
        kalman_op,
        score_driven_arrays,
        score_driven_backward,
        score_driven_forward,
        score_driven_op,
        score_driven_passes,
        changing_arrays,
        changing_backward,
        changing_forward,
        changing_passes,
    },
    hidden_markov_op: {
        *OP,
        hidden_markov_elementary,
        hidden_markov_filter,
        hidden_markov_log_space,
        hidden_markov_passes,
        hidden_markov_smoother,
        hidden_markov_transitions,
    },
    emission: {*OP, hidden_markov_elementary, emission_passes},
    durations_op: {*OP, hidden_markov_elementary},
}
"""Module of compiled code -> modules that its machine code is made from besides."""


OPS = (kalman_op, score_driven_op, hidden_markov_op, emission, durations_op)


@pytest.mark.parametrize("module", PASSES, ids=lambda module: module.__name__)
def test_the_version_changes_with_every_module_that_code_is_made_from(module):
    name = module.__name__
    find = source_beside(name)
    sources = imported_sources(name, find)
    expected = {x.__name__ for x in (module, source_version, *PASSES[module])}
    assert set(sources) - {data_arrays.__name__} == expected
    before = version_of(sources)
    for changed in sources:

        def find_changed(wanted: str, changed: str = changed) -> Source | None:
            found = find(wanted)
            if found is None or wanted != changed:
                return found
            return found._replace(text=found.text + "\nCHANGED = 1\n")

        assert version_of(imported_sources(name, find_changed)) != before, changed


@pytest.mark.parametrize(
    "module",
    [m for m in PASSES if hasattr(m, "CACHE_VERSION")],
    ids=lambda m: m.__name__,
)
def test_the_ops_of_a_module_have_its_version(module):
    sources = imported_sources(module.__name__, source_beside(module.__name__))
    assert module.CACHE_VERSION == version_of(sources) > 0


def toy(**texts: str):
    """Find the modules of a package of one file a module."""
    sources = {f"toy.{name}": Source(text, "toy") for name, text in texts.items()}
    sources["toy"] = Source("import toy.unrelated", "toy")
    return sources.get


def found(root: str, **texts: str) -> set[str]:
    return set(imported_sources(f"toy.{root}", toy(**texts)))


@pytest.mark.parametrize(
    "statement",
    [
        "from toy.inner import value",
        "from toy import inner",
        "from .inner import value",
        "from . import inner",
        "def later():\n    from toy.inner import value",
        "if condition:\n    from toy import inner as other",
    ],
)
def test_imports_of_every_kind_are_followed(statement):
    assert found("outer", outer=statement, inner="") == {"toy.outer", "toy.inner"}


def test_import_of_a_dotted_name_runs_its_packages_too():
    modules = found("outer", outer="import toy.inner", inner="", unrelated="")
    assert modules == {"toy", "toy.outer", "toy.inner", "toy.unrelated"}


def test_names_of_a_package_stand_for_the_package():
    modules = found("outer", outer="from toy import a_name", unrelated="")
    assert modules == {"toy", "toy.outer", "toy.unrelated"}


def test_modules_that_import_each_other_are_each_found_once():
    texts = {"first": "from toy import second", "second": "from toy import first"}
    assert found("first", **texts) == {"toy.first", "toy.second"}
    assert found("second", **texts) == {"toy.first", "toy.second"}


def test_installed_packages_are_not_followed():
    name = hidden_markov_passes.__name__
    sources = imported_sources(name, source_beside(name))
    assert {name.partition(".")[0] for name in sources} == {"data", "models"}


def test_a_module_without_source_has_no_version():
    with pytest.raises(ValueError, match=r"no source of models\.absent"):
        source_version.source_version("models.absent")


def test_versions_depend_on_names_texts_and_compilers(monkeypatch):
    sources = {"a": "1", "b": "2"}
    versions = {
        version_of(sources),
        version_of({"a": "12", "b": ""}),
        version_of({"a": "1", "c": "2"}),
        version_of({}),
    }
    monkeypatch.setattr(source_version, "COMPILERS", ("another",))
    versions.add(version_of(sources))
    assert len(versions) == 5


ADDITION = """
from models.likelihoods.compiled.separate_passes import SeparatePass
from steps.constant import CONSTANT

def add_pass():
    def build():
        def add(T, x, result):
            for t in range(T):
                result[t] = x[t] + CONSTANT
        return add
    return SeparatePass(
        build=build, lengths=("T",), arrays={"x": ("T",), "result": ("T",)}
    )
"""

RUN = """
import numpy as np
from models.likelihoods.compiled.separate_passes import separate_pass
from steps.addition import add_pass

result = np.zeros(1)
separate_pass(add_pass)(1, np.ones(1), result)
print(result[0])
"""


def test_machine_code_of_an_older_source_is_not_used(tmp_path):
    package = tmp_path / "steps"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "addition.py").write_text(ADDITION)

    def result(constant: int) -> float:
        (package / "constant.py").write_text(f"CONSTANT = {constant}")
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-B", "-c", RUN],
            env=os.environ
            | {
                "PYTENSOR_FLAGS": f"base_compiledir={tmp_path}",
                "PYTHONPATH": os.pathsep.join(map(str, (ROOT, tmp_path))),
            },
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return float(done.stdout)

    assert [result(5), result(70)] == [6, 71]
