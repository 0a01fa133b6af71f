"""What a router needs so that RADIUS lets its customers in: facts, commands, checks."""
