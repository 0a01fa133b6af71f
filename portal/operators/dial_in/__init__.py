"""Let routers dial in: their places in the tunnel, their keys, the peers, how they stand."""
