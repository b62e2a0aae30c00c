"""Every notebook runs from top to bottom."""

from pathlib import Path

import jupytext
import pytest
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


@pytest.mark.slow
# Jupyter's own client still opens its sockets the way its dependencies deprecate.
@pytest.mark.filterwarnings("default::DeprecationWarning", "default::ResourceWarning")
@pytest.mark.filterwarnings("default::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    "path", sorted(NOTEBOOKS.glob("*.py")), ids=lambda path: path.stem
)
def test_notebook_runs_from_top_to_bottom(path):
    notebook = jupytext.read(path)
    client = NotebookClient(
        notebook, timeout=600, resources={"metadata": {"path": str(NOTEBOOKS)}}
    )
    client.execute()
    outputs = [c for c in notebook.cells if c.cell_type == "code" and c.outputs]
    assert outputs, "the notebook shows something"
