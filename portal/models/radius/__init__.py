"""Keep what the RADIUS server reads and writes."""
