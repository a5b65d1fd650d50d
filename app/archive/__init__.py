"""Rescans: every published page again, on all cores or a cluster, and only what changed."""
