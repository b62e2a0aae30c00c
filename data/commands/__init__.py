"""What every command shares: options, how it ends, its memory, the simulation mark."""
