"""Show customers how a deferred payment is made: by a transfer (SPEI), or in cash at a shop."""
