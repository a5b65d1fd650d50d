"""The register's tables, step by step. A step that has been released is never changed."""
