"""Fixtures that several test files share."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real data beside the checkout; skips the test where there is none."""
    if not SHARED.is_dir():
        pytest.skip(
            "the real data are not here: there is no ../shared beside the checkout"
        )
    return SHARED
