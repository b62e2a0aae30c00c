"""Whether the draws of a trace may be used, and what the data told."""
