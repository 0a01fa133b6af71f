"""Count what came in and what went back, exactly and quickly, in the company's own days."""
