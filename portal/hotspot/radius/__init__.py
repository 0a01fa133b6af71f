"""Speak RADIUS with routers: what is asked of them about a session under way (RFC 5176)."""
