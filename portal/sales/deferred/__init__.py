"""Sell what is paid later and elsewhere: by a bank transfer (SPEI), or in cash at a shop."""
