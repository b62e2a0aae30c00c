"""Arithmetic of compiled code: the same numbers, whoever compiled it.

numba links a copy of all that a function calls into it and optimises the copy again. A
process that compiles both runs the code that it made first; one that finds the function
on disk runs the copy in it. Where sums may be taken in another order or products fused
with them, the two round differently, and chains from the same seed part: the first fit
after an installation would not be the second. So PyTensor's graphs keep to IEEE 754,
which costs nothing measurable here, and what our passes call is inlined by force: there
is one copy, and it may be as fast as it can.
"""

import pytensor
from numba import njit

FLOATING_POINT = {"contract", "nsz"}
"""Fused multiply-add, and no care for the sign of zero."""

ANY_ORDER = {*FLOATING_POINT, "reassoc"}
"""Sums in any order too, so that they fit vector registers."""

jit = njit(error_model="numpy", forceinline=True, fastmath=FLOATING_POINT)
"""Compile a part of a pass: no division checks, fused multiply-add."""

sums = njit(error_model="numpy", forceinline=True, fastmath=ANY_ORDER)
"""Compile a sum over time, in any order of its terms, which makes it a vector's."""

pytensor.config.numba__fastmath = False
