"""Fetch public data, build panels from it, read and check panels."""
