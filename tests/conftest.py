"""Fixtures that several test files share."""

from pathlib import Path

import pytest
from hypothesis import settings

from tests.places import SHARED

# Few examples, the same in every run; more, and others each time, by
# pytest tests/faults/test_fuzz.py --hypothesis-profile=long
settings.register_profile(
    "ci", max_examples=10, derandomize=True, database=None, deadline=None
)
settings.register_profile("long", max_examples=1000, database=None, deadline=None)
settings.load_profile("ci")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run files with slow tests first, so that no process is left alone with one."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real data beside the checkout; skips the test where there is none."""
    if not SHARED.is_dir():
        pytest.skip(
            "the real data are not here: there is no ../shared beside the checkout"
        )
    return SHARED
