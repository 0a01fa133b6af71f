"""Offer customers who have to pay elsewhere a little Internet to do so, and give it to them."""
