"""Read settings from an environment and check them, whatever they are of."""
