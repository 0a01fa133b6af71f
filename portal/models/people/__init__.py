"""Keep what belongs to a person's way in, besides the password."""
