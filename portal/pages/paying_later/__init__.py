"""Show customers how they pay later and elsewhere: by a transfer (SPEI), or in cash at a shop."""
