"""Serve accesses by RADIUS: what the server needs to know, and what it tells."""
