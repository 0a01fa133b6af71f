"""Show how business goes now, and above it what needs a hand."""
