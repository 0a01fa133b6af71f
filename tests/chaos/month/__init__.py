"""A month of one café, as quickly as the machine can: its books agree at each day's end."""
