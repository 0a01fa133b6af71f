"""Account for the money as an accountant wants it: by month and router, and line by line."""
