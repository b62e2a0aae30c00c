"""What a posterior of the price-pressure model says."""
