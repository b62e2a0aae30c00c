"""Fetch public data, build panels from it, read and check panels."""

# First: a signal while the rest is imported ends a command with one line.
import data.commands.starting  # noqa: F401

__path__ = [*__path__, f"{__path__[0]}/former_names"]
