"""Take card payments at Mercado Pago, by its Orders API."""
