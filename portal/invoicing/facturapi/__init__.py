"""Serve the port at Facturapi, by its receipts with self-invoicing (API v2)."""
