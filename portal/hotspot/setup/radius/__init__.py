"""Write and check what a router needs so that RADIUS lets its customers in."""
