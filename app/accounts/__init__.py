"""Who may do what: people with roles, keys for programs, sessions, and the gate every request passes."""
