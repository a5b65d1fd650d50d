"""Rules of the family damage."""
