"""Terms of the report and what they mean, kept as data."""

import tomllib
from functools import cache
from importlib import resources


@cache
def _entries() -> dict[str, dict[str, str]]:
    text = (resources.files("analysis.page") / "glossary.toml").read_text()
    return tomllib.loads(text)


def glossary(*keys: str) -> tuple[tuple[str, str], ...]:
    """Terms and meanings of entries of `glossary.toml`, for `Section.how_to_read`."""
    entries = _entries()
    return tuple(
        (entries[x]["term"], " ".join(entries[x]["meaning"].split())) for x in keys
    )
