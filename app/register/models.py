"""The tables. ``entries`` is the register itself; everything else can be told again from it, or is not evidence.

An entry's header stays for ever and is chained; what it says (``contents``) can be destroyed by
the rules of the archive, which is itself an entry.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

# One row per chain: its last entry. Also counters (number:2026), the key's check value and the heartbeat.
heads = Table(
    "heads",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
)

entries = Table(
    "entries",
    metadata,
    Column("register", String(20), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("id", String(26), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("record", String(26), nullable=False),
    Column("who", String(80), nullable=False),
    Column("at", String(24), nullable=False),  # UTC, ISO 8601, milliseconds
    Column("content_digest", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    PrimaryKeyConstraint("register", "seq"),
    UniqueConstraint("id", name="entries_id"),
    Index("entries_record", "record", "seq"),
)

contents = Table(
    "contents",
    metadata,
    Column("entry", String(26), primary_key=True),
    Column("record", String(26), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("content", Text, nullable=False),  # canonical JSON
)

# The present state of each post: what lists and filters read. Decisions read the entries.
records = Table(
    "records",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("number", String(20), nullable=False, unique=True),
    Column("seq", BigInteger, nullable=False, unique=True),
    Column("at", String(24), nullable=False),
    Column("changed_at", String(24), nullable=False),
    Column("unit", String(500), nullable=False),
    Column("unit_kind", String(20), nullable=False),
    Column("category", String(50), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("title", Text, nullable=False),  # private data masked
    Column("verdict", String(10), nullable=False),
    Column("stops", Integer, nullable=False),
    Column("reviews", Integer, nullable=False),
    Column("private", Integer, nullable=False),  # findings of personal data
    Column("state", String(20), nullable=False),
    Column("editor", String(80), nullable=False),
    Column("editor_name", String(500), nullable=False),
    Column("external_id", String(500), nullable=False),
    Column("follows", String(26), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("formed_on", String(10), nullable=False),
    Column("published_at", String(24), nullable=False),
    Index("records_unit", "unit", "seq"),
    Index("records_state", "state", "seq"),
    Index("records_verdict", "verdict", "seq"),
    Index("records_at", "at"),
    Index("records_external", "external_id", "unit"),
)

# The text itself, only with KEEP_TEXT, sealed.
texts = Table(
    "texts",
    metadata,
    Column("record", String(26), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

# A regulation as it was asked, by its digest: a signed form can be printed again after the file has changed.
regulations = Table(
    "regulations",
    metadata,
    Column("digest", String(80), primary_key=True),
    Column("content", Text, nullable=False),
)

# Answers to requests with an Idempotency-Key, sealed; kept for two days.
replies = Table(
    "replies",
    metadata,
    Column("client", String(80), nullable=False),
    Column("key", String(64), nullable=False),  # keyed digest of what the client sent
    Column("body", String(64), nullable=False),
    Column("record", String(26), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", String(24), nullable=False),
    PrimaryKeyConstraint("client", "key"),
)

waivers = Table(
    "waivers",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("record", String(26), nullable=False, index=True),
    Column("rule", String(80), nullable=False),
    Column("mark", String(32), nullable=False),  # keyed digest of rule and phrase
    Column("scope", String(10), nullable=False),  # post | phrase
    Column("unit", String(500), nullable=False),
    Column("who", String(80), nullable=False),
    Column("name", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("until", String(10), nullable=False),
    Column("at", String(24), nullable=False),
    Column("revoked", Boolean, nullable=False),
    Index("waivers_mark", "mark"),
)

# Problems that a supervisor told us about: lines of the 整改清单.
notices = Table(
    "notices",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("unit", String(500), nullable=False),
    Column("problem", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("told_on", String(10), nullable=False),
    Column("days", Integer, nullable=False),  # working days
    Column("state", String(20), nullable=False),
    Column("person", String(80), nullable=False),
    Column("remark", Text, nullable=False),
    Column("at", String(24), nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("login", String(40), nullable=False, unique=True),
    Column("name", String(80), nullable=False),  # the real name: one account, one person
    Column("unit", String(500), nullable=False),
    Column("covers", String(4), nullable=False),  # own | all units
    Column("roles", Text, nullable=False),  # JSON list
    Column("posts", Text, nullable=False),  # JSON list: 分管领导 …
    Column("staff", String(12), nullable=False),  # permanent | contractor
    Column("password", String(200), nullable=False),
    Column("password_at", String(24), nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("totp", LargeBinary, nullable=False),  # sealed; b"" where there is none
    Column("totp_last", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("failed_at", String(24), nullable=False),
    Column("locked_until", String(24), nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("at", String(24), nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("prefix", String(12), primary_key=True),
    Column("hash", String(64), nullable=False),
    Column("name", String(80), nullable=False),
    Column("unit", String(500), nullable=False),  # "" = every unit
    Column("scopes", Text, nullable=False),  # JSON list
    Column("expires", String(24), nullable=False),
    Column("revoked", Boolean, nullable=False),
    Column("at", String(24), nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("person", String(26), nullable=False, index=True),
    Column("began", String(24), nullable=False),
    Column("seen", String(24), nullable=False),
)

# --- words that people change while the service runs (app/words) ---------------------------------

# A wish to change a list, and what a second person said to it.
word_proposals = Table(
    "word_proposals",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("batch", String(26), nullable=False, index=True),  # imported together, decided together
    Column("list", String(80), nullable=False),  # a rule made of words, or a table: roster, sources …
    Column("act", String(10), nullable=False),  # add | change | withdraw
    Column("word", String(200), nullable=False),  # as it was written
    Column("folded", String(200), nullable=False),  # as it is looked for: the key within its list
    Column("value", Text, nullable=False),  # JSON: what stands behind the word in the list
    Column("reason", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("state", String(10), nullable=False),  # proposed | approved | refused
    Column("proposer", String(80), nullable=False),
    Column("proposer_name", String(80), nullable=False),
    Column("decider", String(80), nullable=False),
    Column("decider_name", String(80), nullable=False),
    Column("note", Text, nullable=False),  # the decider's
    Column("at", String(24), nullable=False),
    Column("decided_at", String(24), nullable=False),
    CheckConstraint("decider = '' OR decider <> proposer", name="word_second_person"),
    CheckConstraint("state = 'proposed' OR decider <> ''", name="word_decided_by_somebody"),
    Index("word_proposals_state", "state", "at"),
)

# What holds: the set number N is every row with since <= N and (gone = 0 or gone > N).
word_entries = Table(
    "word_entries",
    metadata,
    Column("list", String(80), nullable=False),
    Column("folded", String(200), nullable=False),
    Column("since", Integer, nullable=False),
    Column("gone", Integer, nullable=False),
    Column("word", String(200), nullable=False),
    Column("value", Text, nullable=False),  # JSON; "null": the shipped word does not count
    Column("proposal", String(26), nullable=False),
    PrimaryKeyConstraint("list", "folded", "since"),
    Index("word_entries_since", "since"),
    Index("word_entries_gone", "gone"),
)

word_sets = Table(
    "word_sets",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("size", Integer, nullable=False),
    Column("who", String(80), nullable=False),
    Column("batch", String(26), nullable=False),
    Column("at", String(24), nullable=False),
)

# Which set the "data" of a verdict speaks of.
word_versions = Table(
    "word_versions",
    metadata,
    Column("data", String(80), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("engine", String(20), nullable=False),  # version of the program
    Column("at", String(24), nullable=False),
)

# What editors tell the keeper of words: this was a false alarm; this word is missing.
word_reports = Table(
    "word_reports",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("kind", String(12), nullable=False),  # false-alarm | word
    Column("rule", String(80), nullable=False),
    Column("word", String(200), nullable=False),  # what was marked, or what should be; private data masked
    Column("context", Text, nullable=False),  # a few letters around it, private data masked
    Column("note", Text, nullable=False),
    Column("record", String(26), nullable=False),
    Column("who", String(80), nullable=False),
    Column("name", String(80), nullable=False),
    Column("unit", String(500), nullable=False),
    Column("state", String(10), nullable=False),  # open | done
    Column("outcome", Text, nullable=False),
    Column("at", String(24), nullable=False),
    Index("word_reports_state", "state", "at"),
    Index("word_reports_rule", "rule", "at"),
)
