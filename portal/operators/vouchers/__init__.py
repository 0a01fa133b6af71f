"""Sell codes for cash, and account for them, as a company's operators ask for it."""
