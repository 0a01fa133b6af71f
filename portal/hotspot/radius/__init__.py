"""Speak RADIUS over the wire: to routers, about a session, and to a server, as a router does."""
