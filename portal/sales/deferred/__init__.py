"""Sell by deferred payment: by a bank transfer (SPEI), or in cash at a shop."""
