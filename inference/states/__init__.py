"""Latent states of each date, from posterior draws."""
