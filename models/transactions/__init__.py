"""Transactions whose truth is known: trades first, then the messages about them."""
