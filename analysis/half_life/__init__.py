"""What posteriors of the basis decomposition and of half-lives say."""
