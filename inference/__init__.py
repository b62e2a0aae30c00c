"""Draw posteriors, check them, store them, and predict from them.

Takes any unsampled `pm.Model`; nothing outside this package samples.
"""

from inference.diagnostics import diagnose, diagnose_run, failures
from inference.fitting import fit, score
from inference.settings import SamplerSettings
from inference.store import read_trace, write_trace

__all__ = [
    "SamplerSettings",
    "diagnose",
    "diagnose_run",
    "failures",
    "fit",
    "read_trace",
    "score",
    "write_trace",
]
