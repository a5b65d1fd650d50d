"""Rules of the family disclosure."""
