"""Summarise sampled posteriors: tidy estimates, tables, figures and the report."""

# First: a signal while the rest is imported ends a command with one line.
import data.commands.starting  # noqa: F401

__path__ = [*__path__, f"{__path__[0]}/former_names"]
