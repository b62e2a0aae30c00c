"""A small pass to compile apart: twice an array, and a count of its entries."""

from models.likelihoods.compiled.separate_passes import SeparatePass


def doubling_pass(factor: int) -> SeparatePass:
    """Times `factor`."""

    def build():
        def double(T, x, result, count):
            for t in range(T):
                result[t, 1] = factor * x[t]
                count[0] += 1

        return double

    return SeparatePass(
        build=build,
        lengths=("T",),
        arrays={"x": ("T",), "result": ("T", 2), "count": (1,)},
        integers=("count",),
    )
