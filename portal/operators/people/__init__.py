"""Keep the people who operate: who they are, how they log in, what they may."""
