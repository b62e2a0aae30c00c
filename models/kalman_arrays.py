"""Arrays that the passes of the Kalman filter read and write, and their shapes.

T dates, U rows of the input to the states; symbols as in `models.kalman_filter`.
"""

import hashlib
from pathlib import Path

# No disk cache can see into the passes; a change of their source has to change the
# key, or an old compilation would go on being used.
_FOLDER = Path(__file__).parent
_SOURCES = [
    *sorted(_FOLDER.glob("kalman*.py")),
    _FOLDER / "separate_passes.py",
    _FOLDER / "unrolling.py",
]
VERSION = hashlib.sha256(b"".join(x.read_bytes() for x in _SOURCES)).hexdigest()[:12]
"""Of the source of the passes."""


def inputs_of(N: int, K: int) -> dict[str, str]:
    """Shapes of what describes the model and its data, for N series and K factors."""
    return {
        "y": f"(T, {N})",
        "s": f"(T, {N})",
        "Z": f"({N}, {K})",
        "phi": f"({K},)",
        "q": f"({K},)",
        "h": f"({N},)",
        "m1": f"({K},)",
        "p1": f"({K},)",
        "c": f"(U, {K})",
        "d": f"(T, {N})",
    }


def filtered_of(N: int, K: int, dates: str) -> dict[str, str]:
    """Shapes of what the forward pass finds; predictions reach over so many dates."""
    return {
        "mean": f"({dates}, {K})",
        "innovation": f"(T, {N})",
        "covariance": f"({dates}, {K}, {K})",
        "source": "(T,)",
        "gain": f"(T, {N}, {K})",
        "variance": f"(T, {N})",
    }


def gradients_of(N: int, K: int) -> dict[str, str]:
    """Shapes of the cotangents that the backward pass finds."""
    return {
        "Z_bar": f"({N}, {K})",
        "phi_bar": f"({K},)",
        "q_bar": f"({K},)",
        "h_bar": f"({N},)",
        "mean_bar": f"({K},)",
        "p1_bar": f"({K},)",
        "c_bar": f"(U, {K})",
        "d_bar": f"(T, {N})",
    }
