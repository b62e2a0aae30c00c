"""Discount curves by kernel ridge regression: closed form, linear in prices."""
