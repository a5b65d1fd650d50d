"""Where a post was taken from, who wrote it, and whose pictures it shows."""
