"""The documentation site: ``make docs``. Nothing on a page comes from elsewhere."""

import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from from_source import substitutions  # noqa: E402

project = "Treasury liquidity workbench"
project_copyright = "MIT licence"
html_title = project
html_theme = "furo"
html_copy_source = False
html_show_copyright = False
html_static_path = ["static"]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
exclude_patterns = ["_build", "examples"]
templates_path: list[str] = []

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc"]
myst_enable_extensions = ["colon_fence", "deflist", "substitution"]
myst_heading_anchors = 3
myst_substitutions = substitutions()

autodoc_member_order = "bysource"
autodoc_typehints = "none"
autosummary_generate = False
numpydoc_show_class_members = False
add_module_names = False
# A name in single backticks links to where it stands, if it does here.
default_role = "py:obj"
toc_object_entries = False


def _inline(writer: Any, node: nodes.math) -> None:
    writer.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def _block(writer: Any, node: nodes.math_block) -> None:
    formula = tex2mathml(node.astext(), as_block=True)
    writer.body.append(f"<div class='math'>{formula}</div>")
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Let browsers set formulas themselves: no script, and none to fetch."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
