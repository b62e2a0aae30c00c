"""Transactions: raw TRACE messages read, cleaned to trades, every removal explained."""
