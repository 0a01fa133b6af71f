"""Change the database's tables, as migrations do."""
