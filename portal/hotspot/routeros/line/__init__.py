"""Speak with a router on connections that any number of threads share."""
