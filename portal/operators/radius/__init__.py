"""Set up the RADIUS server beside us, and try it."""
