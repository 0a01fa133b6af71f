"""Write FreeRADIUS' configuration, and ask the program for its version."""
