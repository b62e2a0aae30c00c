"""Fetch public data, build panels from it, read and check panels."""

__path__ = [*__path__, f"{__path__[0]}/former_names"]
