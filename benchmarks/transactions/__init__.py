"""Cleaning transaction messages: time, memory and disk by size, beside a listing."""
