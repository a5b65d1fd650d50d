"""Words that people change while the service runs, and what editors say about findings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def _text(*names: str) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=False) for name in names)


def _words(length: int, *names: str) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.String(length=length), nullable=False) for name in names)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "word_proposals",
        *_words(26, "id", "batch"),
        *_words(80, "list"),
        *_words(10, "act"),
        *_words(200, "word", "folded"),
        *_text("value", "reason", "basis"),
        *_words(10, "state"),
        *_words(80, "proposer", "proposer_name", "decider", "decider_name"),
        *_text("note"),
        *_words(24, "at", "decided_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("decider = '' OR decider <> proposer", name="word_second_person"),
        sa.CheckConstraint("state = 'proposed' OR decider <> ''", name="word_decided_by_somebody"),
    )
    op.create_index(op.f("ix_word_proposals_batch"), "word_proposals", ["batch"], unique=False)
    op.create_index("word_proposals_state", "word_proposals", ["state", "at"], unique=False)
    op.create_table(
        "word_entries",
        *_words(80, "list"),
        *_words(200, "folded"),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        *_words(200, "word"),
        *_text("value"),
        *_words(26, "proposal"),
        sa.PrimaryKeyConstraint("list", "folded", "since"),
    )
    op.create_index("word_entries_since", "word_entries", ["since"], unique=False)
    op.create_index("word_entries_gone", "word_entries", ["gone"], unique=False)
    op.create_table(
        "word_sets",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        *_words(80, "who"),
        *_words(26, "batch"),
        *_words(24, "at"),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "word_versions",
        *_words(80, "data"),
        sa.Column("number", sa.Integer(), nullable=False),
        *_words(20, "engine"),
        *_words(24, "at"),
        sa.PrimaryKeyConstraint("data"),
    )
    op.create_table(
        "word_reports",
        *_words(26, "id"),
        *_words(12, "kind"),
        *_words(80, "rule"),
        *_words(200, "word"),
        *_text("context", "note"),
        *_words(26, "record"),
        *_words(80, "who", "name"),
        *_words(500, "unit"),
        *_words(10, "state"),
        *_text("outcome"),
        *_words(24, "at"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("word_reports_state", "word_reports", ["state", "at"], unique=False)
    op.create_index("word_reports_rule", "word_reports", ["rule", "at"], unique=False)
