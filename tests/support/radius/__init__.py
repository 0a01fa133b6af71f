"""Ask a RADIUS server as routers do, with clients that hold no line of Portal."""
