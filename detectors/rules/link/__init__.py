"""Addresses on a page, judged by their letters alone: nothing here opens a connection."""
