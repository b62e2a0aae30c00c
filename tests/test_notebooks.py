"""Every notebook runs from top to bottom."""

import re
from pathlib import Path

import jupytext
import pytest
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"

AS_WRITTEN = re.compile(r"SamplerSettings\(seed=1[^)]*\)")
SHORT = "SamplerSettings(seed=1, tune=100, draws=100, chains=2)"
"""What is tested is that every cell runs; `make notebooks` runs whole chains."""


@pytest.mark.long
# Jupyter's own client still opens its sockets the way its dependencies deprecate.
@pytest.mark.filterwarnings("default::DeprecationWarning", "default::ResourceWarning")
@pytest.mark.filterwarnings("default::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    "path", sorted(NOTEBOOKS.glob("*.py")), ids=lambda path: path.stem
)
def test_notebook_runs_from_top_to_bottom(path):
    text, times = AS_WRITTEN.subn(SHORT, path.read_text(encoding="utf-8"))
    assert times == 1
    notebook = jupytext.reads(text, fmt="py:percent")
    client = NotebookClient(
        notebook, timeout=600, resources={"metadata": {"path": str(NOTEBOOKS)}}
    )
    client.execute()
    outputs = [c for c in notebook.cells if c.cell_type == "code" and c.outputs]
    assert outputs, "the notebook shows something"
