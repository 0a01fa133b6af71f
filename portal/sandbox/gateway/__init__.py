"""Share what all simulated gateways stand on: HTTP by hand, faults, pace, a state file."""
