"""Rules of the family sensitive."""
