"""Serve the demo by RADIUS: a PostgreSQL and a FreeRADIUS of its own, and a router that asks it."""
