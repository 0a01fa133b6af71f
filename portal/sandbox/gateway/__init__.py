"""What all simulated payment gateways stand on: HTTP by hand, faults, pace, a state file."""
