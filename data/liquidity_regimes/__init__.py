"""From daily price impact, depth and volatility to the checked panel."""
