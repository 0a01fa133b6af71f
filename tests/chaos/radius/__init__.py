"""Have half of the routers of a chaos run served by RADIUS."""
