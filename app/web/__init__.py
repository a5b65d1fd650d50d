"""The editor's form and the pages of rules and regulations: server-rendered, one browser module."""
