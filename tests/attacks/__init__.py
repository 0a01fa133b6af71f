"""What attackers know and try, and what must hold."""
