"""Bring a deployment from its first start to its first sale: the first person, and what is next."""
