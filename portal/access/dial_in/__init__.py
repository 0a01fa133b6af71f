"""Tell the tunnel which routers come through it."""
