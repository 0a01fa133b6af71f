"""Offer `flask radius …`."""
