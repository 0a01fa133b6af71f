"""Write and read rows in one trip to the database, past the ORM."""
