"""Define the port to whoever issues invoices, with a folder a provider."""
