"""Half-lives beside their peers."""
