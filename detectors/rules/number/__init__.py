"""Rules of the family number."""
