"""The first tables, and the triggers that keep entries as they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_KEPT = "登记簿只能追加，不能修改或删除"

# ruff: noqa: S608 the only words put in are our own
_SQLITE = (
    *(
        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
        for table, act in (("entries", "UPDATE"), ("entries", "DELETE"), ("contents", "UPDATE"))
    ),
    (
        "CREATE TRIGGER contents_no_delete BEFORE DELETE ON contents WHEN NOT EXISTS "
        "(SELECT 1 FROM entries WHERE record = OLD.record AND kind = 'destroyed') OR OLD.kind = 'destroyed' "
        f"BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
    ),
)

_POSTGRESQL = (
    f"""CREATE FUNCTION register_kept() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{_KEPT}'; END $$""",
    f"""CREATE FUNCTION register_content_kept() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.kind = 'destroyed' OR NOT EXISTS
                (SELECT 1 FROM entries WHERE record = OLD.record AND kind = 'destroyed')
            THEN RAISE EXCEPTION '{_KEPT}'; END IF;
            RETURN OLD;
        END $$""",
    "CREATE TRIGGER entries_kept BEFORE UPDATE OR DELETE ON entries FOR EACH ROW EXECUTE FUNCTION register_kept()",
    "CREATE TRIGGER entries_whole BEFORE TRUNCATE ON entries FOR EACH STATEMENT EXECUTE FUNCTION register_kept()",
    "CREATE TRIGGER contents_kept BEFORE UPDATE ON contents FOR EACH ROW EXECUTE FUNCTION register_kept()",
    "CREATE TRIGGER contents_whole BEFORE TRUNCATE ON contents FOR EACH STATEMENT EXECUTE FUNCTION register_kept()",
    (
        "CREATE TRIGGER contents_destroyed BEFORE DELETE ON contents FOR EACH ROW "
        "EXECUTE FUNCTION register_content_kept()"
    ),
)


def upgrade() -> None:
    """Make everything."""
    op.create_table(
        "api_keys",
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=500), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("expires", sa.String(length=24), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("prefix"),
    )
    op.create_table(
        "contents",
        sa.Column("entry", sa.String(length=26), nullable=False),
        sa.Column("record", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry"),
    )
    op.create_index(op.f("ix_contents_record"), "contents", ["record"], unique=False)
    op.create_table(
        "entries",
        sa.Column("register", sa.String(length=20), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("record", sa.String(length=26), nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("register", "seq"),
        sa.UniqueConstraint("id", name="entries_id"),
    )
    op.create_index("entries_record", "entries", ["record", "seq"], unique=False)
    op.create_table(
        "heads",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("unit", sa.String(length=500), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("told_on", sa.String(length=10), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "records",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.Column("changed_at", sa.String(length=24), nullable=False),
        sa.Column("unit", sa.String(length=500), nullable=False),
        sa.Column("unit_kind", sa.String(length=20), nullable=False),
        sa.Column("category", sa.String(length=50), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("stops", sa.Integer(), nullable=False),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.Column("private", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("editor", sa.String(length=80), nullable=False),
        sa.Column("editor_name", sa.String(length=500), nullable=False),
        sa.Column("external_id", sa.String(length=500), nullable=False),
        sa.Column("follows", sa.String(length=26), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("formed_on", sa.String(length=10), nullable=False),
        sa.Column("published_at", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("seq"),
    )
    op.create_index("records_at", "records", ["at"], unique=False)
    op.create_index("records_external", "records", ["external_id", "unit"], unique=False)
    op.create_index("records_state", "records", ["state", "seq"], unique=False)
    op.create_index("records_unit", "records", ["unit", "seq"], unique=False)
    op.create_index("records_verdict", "records", ["verdict", "seq"], unique=False)
    op.create_table(
        "regulations",
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "replies",
        sa.Column("client", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("body", sa.String(length=64), nullable=False),
        sa.Column("record", sa.String(length=26), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("client", "key"),
    )
    op.create_table(
        "sessions",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=26), nullable=False),
        sa.Column("began", sa.String(length=24), nullable=False),
        sa.Column("seen", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index(op.f("ix_sessions_person"), "sessions", ["person"], unique=False)
    op.create_table(
        "texts",
        sa.Column("record", sa.String(length=26), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("record"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("login", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=500), nullable=False),
        sa.Column("covers", sa.String(length=4), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("posts", sa.Text(), nullable=False),
        sa.Column("staff", sa.String(length=12), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=False),
        sa.Column("password_at", sa.String(length=24), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("totp", sa.LargeBinary(), nullable=False),
        sa.Column("totp_last", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.String(length=24), nullable=False),
        sa.Column("locked_until", sa.String(length=24), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("login"),
    )
    op.create_table(
        "waivers",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("record", sa.String(length=26), nullable=False),
        sa.Column("rule", sa.String(length=80), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("unit", sa.String(length=500), nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_waivers_record"), "waivers", ["record"], unique=False)
    op.create_index("waivers_mark", "waivers", ["mark"], unique=False)
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)
    for name in ("audit", "register"):
        op.execute(f"INSERT INTO heads (name, seq, digest) VALUES ('{name}', 0, '')")
