"""Do for a sale what its operator asks for, and look at it from the gateway's side."""
