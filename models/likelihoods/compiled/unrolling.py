"""Write a loop over small arrays out as arithmetic on scalars, for numba to compile.

A compiler must assume that two arrays overlap, and so stores and loads again every
entry of a three by three matrix that it could keep in registers. `unroll` rewrites a
function of plain loops: loops whose bounds follow from given sizes are written out, and
arrays that the function makes for itself become one scalar an entry. The function as
written still runs, slowly, and gives the same numbers.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any, cast

import numpy as np

KNOWN = {"range": range, "min": min, "max": max}
"""What bounds of loops, conditions and shapes may call."""


def unroll(function: Callable[..., Any], **sizes: int) -> Callable[..., Any]:
    """Rewrite a function for given sizes.

    Parameters
    ----------
    function : callable
        Of loops, conditions and arithmetic; it refers to nothing but its arguments
        and the globals of its module. What it makes by ``np.empty`` or ``np.zeros``
        it indexes by constants, loop variables and `sizes` alone.
    **sizes : int
        Values of arguments that bound its loops.

    Returns
    -------
    callable
        The same function without the arguments `sizes`.

    Raises
    ------
    ValueError
        If an array that the function makes is indexed by what `sizes` do not tell.
    """
    source = textwrap.dedent(inspect.getsource(function))
    definition = cast(ast.FunctionDef, ast.parse(source).body[0])
    parameters = definition.args
    parameters.args = [x for x in parameters.args if x.arg not in sizes]
    for parameter in parameters.args:
        parameter.annotation = None
    definition.returns = None
    definition.body = _Unroller(sizes).written_out(definition.body)
    module = ast.fix_missing_locations(ast.Module([definition], []))
    namespace = dict(function.__globals__)
    exec(compile(module, function.__code__.co_filename, "exec"), namespace)  # noqa: S102
    return cast(Callable[..., Any], namespace[function.__name__])


class _Unroller(ast.NodeTransformer):
    """Replace known names by values, known loops by their turns, arrays by scalars."""

    def __init__(self, sizes: dict[str, int]) -> None:
        self.known = dict(sizes)
        self.arrays: set[str] = set()

    def written_out(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        """Rewrite a block, each statement into none, one or several."""
        result: list[ast.stmt] = []
        for statement in statements:
            rewritten = self.visit(statement)
            result += rewritten if isinstance(rewritten, list) else [rewritten]
        return result

    def visit_For(self, node: ast.For) -> Any:
        """Write out a loop over known values."""
        try:
            values = list(self._value(node.iter))
        except NameError:
            node.iter, node.body = self.visit(node.iter), self.written_out(node.body)
            return node
        turn = cast(ast.Name, node.target).id
        result: list[ast.stmt] = []
        for value in values:
            self.known[turn] = value
            result += self.written_out(_copied(node.body))
        return result

    def visit_While(self, node: ast.While) -> Any:
        """Rewrite the body."""
        node.test, node.body = self.visit(node.test), self.written_out(node.body)
        return node

    def visit_If(self, node: ast.If) -> Any:
        """Decide a condition on known values."""
        try:
            branch = node.body if self._value(node.test) else node.orelse
        except NameError:
            node.test, node.body = self.visit(node.test), self.written_out(node.body)
            node.orelse = self.written_out(node.orelse)
            return node
        return self.written_out(branch)

    def visit_Expr(self, node: ast.Expr) -> Any:
        """Leave out docstrings."""
        return [] if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> Any:
        """Make a small array into scalars."""
        call = node.value
        maker = ast.unparse(call.func) if isinstance(call, ast.Call) else ""
        if maker not in ("np.empty", "np.zeros"):
            return self.generic_visit(node)
        name = cast(ast.Name, node.targets[0]).id
        shape = self._value(cast(ast.Call, call).args[0])
        self.arrays.add(name)
        if maker == "np.empty":
            return []
        entries = np.ndindex(shape)
        return [ast.parse(f"{_scalar(name, x)} = 0.0").body[0] for x in entries]

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replace a known name by its value."""
        return ast.Constant(self.known[node.id]) if node.id in self.known else node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """Replace an entry of a small array by its scalar."""
        if isinstance(node.value, ast.Name) and node.value.id in self.arrays:
            try:
                index = self._value(node.slice)
            except NameError as error:
                raise ValueError(f"{ast.unparse(node)}: {error}") from error
            entry = index if isinstance(index, tuple) else (index,)
            return ast.Name(_scalar(node.value.id, entry), node.ctx)
        self.generic_visit(node)
        return node

    def _value(self, node: ast.expr) -> Any:
        """Evaluate an expression; NameError where it is not of known names alone."""
        expression = compile(ast.unparse(node), "<unrolled>", "eval")
        return eval(expression, {"__builtins__": KNOWN}, dict(self.known))  # noqa: S307


def _scalar(name: str, entry: tuple[int, ...]) -> str:
    return "_".join([name, *map(str, entry)])


def _copied(tree: Any) -> Any:
    """Copy a syntax tree; `copy.deepcopy` takes as long as starting a cached fit."""
    if isinstance(tree, list):
        return [_copied(x) for x in tree]
    if not isinstance(tree, ast.AST):
        return tree
    return type(tree)(**{name: _copied(x) for name, x in ast.iter_fields(tree)})
