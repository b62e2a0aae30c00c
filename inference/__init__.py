"""Draw posteriors, check them, store them, and predict from them.

`fit` takes what the families prepare and any other unsampled `pm.Model`; nothing
outside this package samples.
"""

# First: it finds PyTensor a place before anything imports PyTensor.
import models  # noqa: F401
from inference.checks.diagnostics import diagnose, diagnose_run
from inference.checks.verdict import Verdict, check
from inference.families import checks_of, score
from inference.fitting import fit
from inference.settings import SamplerSettings
from inference.store import read_trace, write_trace
from inference.traced.own import prepare_own

__all__ = [
    "SamplerSettings",
    "Verdict",
    "check",
    "checks_of",
    "diagnose",
    "diagnose_run",
    "fit",
    "prepare_own",
    "read_trace",
    "score",
    "write_trace",
]
