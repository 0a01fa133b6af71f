"""Read the user profiles of a company's routers, and make those that its plans need."""
