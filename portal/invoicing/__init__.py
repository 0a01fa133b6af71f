"""The port to whoever issues invoices, and a folder a provider."""
