"""Find sales, tell what happened to each, and put right what can be."""
