"""What posteriors of the regimes and of the threshold regression say."""
