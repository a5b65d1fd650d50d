"""What Alembic runs: always on the connection it is given, never on one of its own."""

from __future__ import annotations

from alembic import context

from app.register.models import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,  # the caller holds the transaction, and the lock
)
context.run_migrations()
