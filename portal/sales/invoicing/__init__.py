"""Let a buyer make an invoice of a purchase, where the company offers it; never in a sale's way."""
