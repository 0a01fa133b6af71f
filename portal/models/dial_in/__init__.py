"""Keep what is known of routers that dial in."""
