"""Fill a PostgreSQL as years of trading would, by statements of its own making."""
