"""What trading costs come to, and how much of a spread is error."""
