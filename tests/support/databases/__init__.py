"""Make databases, copy and drop them."""
