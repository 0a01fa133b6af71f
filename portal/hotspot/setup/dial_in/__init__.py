"""Have a router dial in, and check what it is permitted for that."""
