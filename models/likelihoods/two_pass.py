"""A compiled likelihood and its compiled gradient as Ops of PyTensor.

A likelihood runs over the dates twice: forwards for the log densities, backwards for
their gradient, which needs much of what the first pass found. `TwoPassOp` runs the
first and returns what the second needs beside the densities, so that a gradient costs
the backward pass alone. numba (PyMC's default backend, and nutpie's) calls the passes
directly; `models.likelihoods.two_pass_jax` is the way into JAX.
"""

import importlib
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import compress
from typing import Any

import pytensor.tensor as pt
from pytensor.gradient import DisconnectedType, disconnected_type
from pytensor.graph.basic import Apply, Variable
from pytensor.graph.op import Op
from pytensor.link.numba.dispatch.basic import register_funcify_default_op_cache_key

from models.likelihoods.compiled.checked import Shape, checked, require_shapes


@dataclass(frozen=True, kw_only=True)
class Array:
    """What goes into a pass, or comes out of it.

    Parameters
    ----------
    shape : tuple of str or int
        An input names every length that an output has by name.
    dtype : str
        What an input is cast to, or an output has.
    has_gradient : bool
        Of an input, whether the likelihood is differentiated in it; of an output,
        whether it may be differentiated.
    minus : str
        Name of the input whose gradient this one's is the negative of. The backward
        pass leaves such a gradient out.
    is_reread : bool
        Whether the backward pass takes it.
    """

    shape: Shape
    dtype: str = "float64"
    has_gradient: bool = True
    minus: str = ""
    is_reread: bool = True


@dataclass(frozen=True, kw_only=True)
class Passes:
    """A pair of passes, compiled for contiguous arrays.

    Parameters
    ----------
    name : str
        For messages.
    inputs, outputs : mapping of str to Array
        Of the forward pass, in order.
    forward : callable
        Compiled; from the inputs to the outputs.
    backward : callable
        Compiled; takes the cotangents of the outputs that have a gradient, then the
        inputs, then the outputs, those of both that are reread. Returns the gradients
        of the inputs that have one of their own.
    version : int
        Changes with the source of the passes; see
        `models.likelihoods.compiled.source_version`.
    """

    name: str
    inputs: Mapping[str, Array]
    outputs: Mapping[str, Array]
    forward: Callable[..., Any]
    backward: Callable[..., Any]
    version: int

    @property
    def gradients(self) -> dict[str, Array]:
        """Inputs whose gradient the backward pass returns."""
        return {n: x for n, x in self.inputs.items() if x.has_gradient and not x.minus}

    @property
    def cotangents(self) -> dict[str, Array]:
        """Outputs whose cotangent the backward pass takes."""
        return {n: x for n, x in self.outputs.items() if x.has_gradient}

    @property
    def reread(self) -> Iterator[bool]:
        """Whether the backward pass takes each input and output."""
        return (x.is_reread for x in (*self.inputs.values(), *self.outputs.values()))

    @property
    def backward_arguments(self) -> dict[str, Array]:
        """What the backward pass takes, in order."""
        arrays = {**self.inputs, **self.outputs}.items()
        cotangents = {f"{name}_bar": x for name, x in self.cotangents.items()}
        return cotangents | dict(compress(arrays, self.reread))

    @cached_property
    def run_forward(self) -> Callable[..., Any]:
        """The forward pass, on arrays of any layout; it checks their shapes."""
        return checked(self.forward, shapes_of(self.inputs), f"{self.name}_forward")

    @cached_property
    def run_backward(self) -> Callable[..., Any]:
        """The backward pass, on arrays of any layout; it checks their shapes."""
        shapes = shapes_of(self.backward_arguments)
        return checked(self.backward, shapes, f"{self.name}_backward")


@cache
def _described(path: str, sizes: tuple[int | str, ...]) -> Passes:
    module, _, name = path.rpartition(".")
    passes: Passes = getattr(importlib.import_module(module), name)(*sizes)
    return passes


class _Pass(Op):
    """Either pass; the name of what describes it and `sizes` tell all about it."""

    __props__ = ("path", "sizes")

    def __init__(self, path: str, sizes: tuple[int | str, ...]) -> None:
        self.path = path
        self.sizes = sizes

    @property
    def passes(self) -> Passes:
        """The pair."""
        return _described(self.path, self.sizes)

    @abstractmethod
    def run(self, *arrays: Any) -> Any:
        """Run the compiled pass."""

    def perform(
        self, node: Apply, inputs: Sequence[Any], output_storage: Sequence[Any]
    ) -> None:
        """Run the compiled pass."""
        for storage, result in zip(output_storage, self.run(*inputs), strict=True):
            storage[0] = result


class TwoPassOp(_Pass):
    """The forward pass; its gradient is the backward pass on what it found.

    Parameters
    ----------
    path : str
        Module and name of a function that describes a pair of passes.
    sizes : tuple of int or str
        Its arguments; constants to the compiler.
    """

    def run(self, *arrays: Any) -> Any:
        """Run the forward pass."""
        return self.passes.run_forward(*arrays)

    def make_node(self, *inputs: Any) -> Apply:
        """Take the inputs of the forward pass, by position."""
        expected = self.passes.inputs
        if len(inputs) != len(expected):
            raise ValueError(f"expected {len(expected)} inputs, got {len(inputs)}")
        variables = [
            pt.as_tensor_variable(x).astype(array.dtype)
            for x, array in zip(inputs, expected.values(), strict=True)
        ]
        shapes = [x.type.shape for x in variables]
        require_shapes(shapes_of(expected), dict(zip(expected, shapes, strict=True)))
        lengths = bind_lengths(expected.values(), shapes)
        outputs = [
            pt.tensor(name, dtype=x.dtype, shape=shape_given(x, lengths))
            for name, x in self.passes.outputs.items()
        ]
        return Apply(self, variables, outputs)

    def infer_shape(self, node: Apply, input_shapes: Any) -> Any:
        """Shapes of the outputs from those of the inputs."""
        lengths = bind_lengths(self.passes.inputs.values(), input_shapes)
        return [shape_given(x, lengths) for x in self.passes.outputs.values()]

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        """Which outputs can be differentiated in which inputs."""
        return [
            [x.has_gradient and y.has_gradient for y in self.passes.outputs.values()]
            for x in self.passes.inputs.values()
        ]

    def pullback(
        self,
        inputs: Sequence[Variable],
        outputs: Sequence[Variable],
        cotangents: Sequence[Variable],
    ) -> list[Variable]:
        """Run the backward pass on what the forward pass has found."""
        weights = [
            pt.zeros_like(output) if _is_disconnected(cotangent) else cotangent
            for output, cotangent, array in zip(
                outputs, cotangents, self.passes.outputs.values(), strict=True
            )
            if array.has_gradient
        ]
        if all(_is_disconnected(x) for x in cotangents):
            return [disconnected_type() for _ in inputs]
        found = compress((*inputs, *outputs), self.passes.reread)
        gradients = GradientOp(self.path, self.sizes)(
            *weights, *found, return_list=True
        )
        named = dict(zip(self.passes.gradients, gradients, strict=True))
        return [
            -named[x.minus] if x.minus else named.get(name, disconnected_type())
            for name, x in self.passes.inputs.items()
        ]


class GradientOp(_Pass):
    """Gradient of a weighted sum of what a `TwoPassOp` computes."""

    def run(self, *arrays: Any) -> Any:
        """Run the backward pass."""
        return self.passes.run_backward(*arrays)

    def make_node(self, *inputs: Any) -> Apply:
        """Take the arguments of the backward pass."""
        variables = [pt.as_tensor_variable(x) for x in inputs]
        shapes = [x.type.shape for x in variables]
        lengths = bind_lengths(self.passes.backward_arguments.values(), shapes)
        outputs = [
            pt.tensor(dtype="float64", shape=shape_given(x, lengths))
            for x in self.passes.gradients.values()
        ]
        return Apply(self, variables, outputs)

    def infer_shape(self, node: Apply, input_shapes: Any) -> Any:
        """Shapes of the inputs of the forward pass."""
        arguments = self.passes.backward_arguments.values()
        lengths = bind_lengths(arguments, input_shapes)
        return [shape_given(x, lengths) for x in self.passes.gradients.values()]


def two_pass_op(describe: Callable[..., Passes], *sizes: int | str) -> TwoPassOp:
    """Make the Op of a pair of passes.

    Parameters
    ----------
    describe : callable
        Function of a module that maps `sizes` to `Passes`.
    *sizes : int or str
        Constants to the compiler.
    """
    return TwoPassOp(path_of(describe), sizes)


def path_of(describe: Callable[..., Passes]) -> str:
    """Module and name of a function."""
    return f"{describe.__module__}.{describe.__qualname__}"


def shapes_of(arrays: Mapping[str, Array]) -> dict[str, Shape]:
    """Shapes by name."""
    return {name: x.shape for name, x in arrays.items()}


def bind_lengths(arrays: Any, shapes: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Lengths by name; of two arrays that share one, that which knows it tells."""
    lengths: dict[str, Any] = {}
    for array, shape in zip(arrays, shapes, strict=True):
        for name, length in zip(array.shape, shape, strict=True):
            if isinstance(name, str) and lengths.get(name) is None:
                lengths[name] = length
    return lengths


def shape_given(array: Array, lengths: Mapping[str, Any]) -> tuple[Any, ...]:
    """Shape of an array, its lengths known."""
    return tuple(lengths[x] if isinstance(x, str) else x for x in array.shape)


def _is_disconnected(cotangent: Variable) -> bool:
    return isinstance(cotangent.type, DisconnectedType)


@register_funcify_default_op_cache_key(TwoPassOp)
def _forward_in_numba(op: TwoPassOp, node: Apply, **kwargs: Any) -> Any:
    return op.passes.run_forward, op.passes.version


@register_funcify_default_op_cache_key(GradientOp)
def _backward_in_numba(op: GradientOp, node: Apply, **kwargs: Any) -> Any:
    return op.passes.run_backward, op.passes.version
