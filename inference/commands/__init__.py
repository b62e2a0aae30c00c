"""Commands that fit, and what a terminal is shown of a fit."""
