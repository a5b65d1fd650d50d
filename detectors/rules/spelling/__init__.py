"""Wrong characters."""
