"""Summarise sampled posteriors: tidy estimates, tables, figures and the report."""
