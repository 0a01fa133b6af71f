"""Tell a buyer by e-mail what was bought, and the code."""
