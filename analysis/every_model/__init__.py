"""What is said of a posterior whatever its model: checks, scores, predictions."""
