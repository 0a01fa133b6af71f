"""Run commands and processes, of which none outlives a run."""
