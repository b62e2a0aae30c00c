"""Where the checkout is, and the real data beside it."""

from pathlib import Path

ROOT = Path(__file__).parents[1]

SHARED = ROOT.parent / "shared"
