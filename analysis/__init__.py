"""Summarise sampled posteriors: tidy estimates, tables, figures and the report."""

__path__ = [*__path__, f"{__path__[0]}/former_names"]
