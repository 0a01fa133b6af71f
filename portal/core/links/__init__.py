"""Seal what travels in a link and comes back by it."""
