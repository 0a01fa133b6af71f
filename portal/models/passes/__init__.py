"""Keep the passes by which a device may go online to pay."""
