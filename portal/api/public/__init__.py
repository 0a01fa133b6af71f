"""Serve what custom portals call with their router's key."""
