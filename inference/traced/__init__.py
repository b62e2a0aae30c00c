"""What a family declares of a model that is fitted."""
