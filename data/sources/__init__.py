"""Public files: where they are, how they are fetched and parsed."""
