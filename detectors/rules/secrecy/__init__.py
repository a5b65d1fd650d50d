"""Rules of the family secrecy."""
