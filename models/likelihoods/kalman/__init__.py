"""Linear Gaussian state spaces."""
