"""A publisher on this machine."""

from collections.abc import Iterator

import pytest

from tests.sources.publisher_server import PublisherServer, publisher_server


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PublisherServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with publisher_server() as running:
        yield running
