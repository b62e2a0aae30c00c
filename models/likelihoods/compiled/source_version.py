"""Versions of compiled code: what changes with any source that it was made from.

A compiler's disk cache cannot see into the functions that a compiled function calls.
Its key has to change with all of them, or old machine code would go on being used for
new source. Here it changes with every module that a module imports, directly or not,
wherever in the checkout they lie.
"""

import ast
import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec, resolve_name
from pathlib import Path
from typing import NamedTuple

COMPILERS = tuple(f"{x} {version(x)}" for x in ("llvmlite", "numba", "pytensor"))
"""numba alone looks at its own version; the others make code from our source too."""


class Source(NamedTuple):
    """Text of a module, and the package that its relative imports start from."""

    text: str
    package: str


@cache
def source_version(module: str) -> int:
    """Version of what is compiled in a module; part of the key of a disk cache.

    Parameters
    ----------
    module : str
        Name of the module that holds the compiled functions; its own ``__name__``.

    Returns
    -------
    int
        Of 48 bits: a digest of `imported_sources`, and of the compilers' versions.
    """
    return version_of(imported_sources(module, source_beside(module)))


def version_of(sources: dict[str, str]) -> int:
    """Digest of sources by name of their modules."""
    content = repr((COMPILERS, sorted(sources.items())))
    return int(hashlib.sha256(content.encode()).hexdigest()[:12], 16)


def imported_sources(
    module: str, find: Callable[[str], Source | None]
) -> dict[str, str]:
    """Sources of a module and of all that it imports, directly or not.

    Imports within functions and under conditions count; imports by a name made at run
    time cannot be seen. ``import a.b`` stands for a and a.b, ``from a import b`` for
    the module a.b if there is one, else for a.

    Parameters
    ----------
    module : str
        Name of the module to start from.
    find : callable
        From the name of a module to its source; None for what is not followed, such
        as installed packages.

    Returns
    -------
    dict of str to str
        From the name of a module to its text.

    Raises
    ------
    ValueError
        If `module` itself is not found.
    """
    found: dict[str, str] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        source = None if name in found else find(name)
        if source is not None:
            found[name] = source.text
            waiting += _imports(source, find)
    if module not in found:
        raise ValueError(f"there is no source of {module}")
    return found


def source_beside(module: str) -> Callable[[str], Source | None]:
    """Return a finder of the sources in the folder that holds a module's package.

    Parameters
    ----------
    module : str
        Name of a module of a package that can be imported.

    Returns
    -------
    callable
        From the name of a module to its source; None where there is none, or its
        package lies in another folder.
    """
    homes = {folder.parent for folder in _folders(module.partition(".")[0])}

    def find(name: str) -> Source | None:
        top, *rest = name.split(".")
        for folder in _folders(top):
            path = folder.joinpath(*rest)
            if folder.parent not in homes:
                continue
            if path.with_suffix(".py").is_file():
                return Source(_text(path.with_suffix(".py")), name.rpartition(".")[0])
            if (path / "__init__.py").is_file():
                return Source(_text(path / "__init__.py"), name)
        return None

    return find


def _imports(source: Source, find: Callable[[str], Source | None]) -> Iterator[str]:
    """Names of the modules that a source imports."""
    for node in _import_statements(source.text):
        if isinstance(node, ast.Import):
            for imported in node.names:
                parts = imported.name.split(".")
                yield from (".".join(parts[: i + 1]) for i in range(len(parts)))
        else:
            relative = "." * node.level + (node.module or "")
            origin = resolve_name(relative, source.package)
            for imported in node.names:
                inner = f"{origin}.{imported.name}"
                yield inner if find(inner) else origin


@cache
def _import_statements(text: str) -> list[ast.Import | ast.ImportFrom]:
    tree = ast.walk(ast.parse(text))
    return [node for node in tree if isinstance(node, (ast.Import, ast.ImportFrom))]


@cache
def _folders(package: str) -> tuple[Path, ...]:
    """Folders of a package; none for a module, or what is not installed."""
    spec = find_spec(package)
    return tuple(map(Path, (spec and spec.submodule_search_locations) or ()))


@cache
def _text(path: Path) -> str:
    # Once a process: an edit while it runs is not in the code that it has imported.
    return path.read_text(encoding="utf-8")
