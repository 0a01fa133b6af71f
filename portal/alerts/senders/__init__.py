"""Send a message by each kind of channel: one module a kind, each with a `send`."""
