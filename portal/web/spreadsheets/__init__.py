"""Write tables for spreadsheets, a line at a time."""
