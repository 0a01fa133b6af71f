"""Bring a router to send its customers here: its kit, the link to it, first contact, the check."""
