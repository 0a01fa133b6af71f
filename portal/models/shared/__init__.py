"""Give records columns that several of them have."""
