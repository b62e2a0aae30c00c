"""Gaussian linear mixed models from sufficient statistics."""
