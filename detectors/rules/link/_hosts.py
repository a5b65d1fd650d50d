"""What the office knows of a host: the shipped start, the operator's ``domains`` table, the list of sources."""

from __future__ import annotations

import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import idna

from detectors.known import Known
from detectors.rules.link._address import Host, named
from detectors.tables import Column, Row, Shape, files, read

if TYPE_CHECKING:
    from collections.abc import Iterator

CLASSES = {
    "本单位": "own",
    "批准": "approved",
    "稿源": "source",
    "公共": "public",
    "平台": "platform",
    "短链接": "short",
    "商业": "commercial",
    "停用": "retired",
    "关停": "closed",
}
DOMAINS = Shape(
    columns=(
        Column("domain", needed=True),
        Column("class", needed=True, among=tuple(CLASSES)),
        Column("why"),
        Column("from", "day"),
        Column("until", "day"),
    ),
    key=("domain",),
    period=("from", "until"),
)
# The columns of the list of approved sources (family source), which also names their domains.
_SOURCES = Shape(
    columns=(
        Column("name", needed=True),
        Column("aliases", "words"),
        Column("domains", "words"),
        Column("class"),
        Column("valid_from", "day"),
        Column("valid_to", "day"),
    ),
    key=("name",),
    period=("valid_from", "valid_to"),
)
_HERE = Path(__file__).parent
# Reserved for bodies that are no businesses, in China and elsewhere.
_PUBLIC = frozenset(
    {"edu.cn", "mil.cn", "ac.cn", "gov", "mil", "int", "edu", "gov.hk", "gov.mo", "edu.hk", "edu.mo"}
)
_ABROAD = frozenset({"gov", "gob", "gouv", "go", "edu", "ac", "mil"})
_MOST = 8_192  # hosts remembered


class Entry(NamedTuple):
    """What is known of a domain; ``since`` and ``until`` are its first and last day (None: open)."""

    domain: str
    kind: str
    why: str = ""
    since: datetime.date | None = None
    until: datetime.date | None = None

    def holds(self, day: datetime.date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


_GOVERNMENT = Entry("gov.cn", "government")


class Hosts:
    """Answers what kind of host stands in an address.

    Kinds: "government", "own", "approved", "source", "public", "platform", "short", "commercial",
    "retired", "closed", "lapsed" (its approval is not valid on that day) and "unknown".
    """

    def __init__(self, entries: dict[str, Entry]) -> None:
        self.entries = entries
        # Only below these domains does the table say anything of governments.
        self._listed = {host.domain for one in entries if (host := named(one)) and host.place == "government"}
        self._seen: dict[str, Entry] = {}
        self._always: dict[str, Entry] = {}  # the same, as far as they hold on any day

    def of(self, host: Host, day: datetime.date | None) -> Entry:
        """The entry of this host or of the nearest domain above it; ``day``: None for today."""
        if host.place == "government" and host.domain not in self._listed:
            return _GOVERNMENT
        entry = self._always.get(host.name)
        if entry is not None:
            return entry
        entry = self._seen.get(host.name)
        if entry is None:
            if len(self._seen) >= _MOST:
                self._seen.clear()
                self._always.clear()
            entry = self._seen[host.name] = self._find(host)
        if entry.since is None and entry.until is None:
            self._always[host.name] = entry
            return entry
        if entry.holds(day or datetime.date.today()):  # noqa: DTZ011 the office's own calendar day
            return entry
        if host.place == "government":
            return Entry(host.name, "government")
        return entry._replace(kind="lapsed" if entry.kind in {"approved", "source", "own"} else "unknown")

    def _find(self, host: Host) -> Entry:
        name, entries, at = host.name, self.entries, 0
        while True:
            entry = entries.get(name[at:])
            if entry is not None:
                return entry
            at = name.find(".", at) + 1
            if not at:
                break
        if host.place == "government":
            return Entry(host.name, "government")
        first, _, country = host.suffix.partition(".")
        if host.suffix in _PUBLIC or (len(country) == 2 and country != "cn" and first in _ABROAD):
            return Entry(host.name, "public", "政府、教育、科研机构域名")
        # gov.uk, gouv.fr: the suffix itself is the registered domain
        if (
            host.label in {"gov", "gouv", "gob"}
            and len(host.suffix) == 2
            and host.suffix not in {"cn", "cc", "co", "tv", "me"}
        ):
            return Entry(host.name, "public", "境外政府域名")
        return Entry(host.name, "unknown")


def hosts(known: Known) -> Hosts:
    """The table of this installation.

    Raises:
        detectors.tables.TableError: a table cannot be used; names file, line and reason.
    """
    stamps = []
    for path in (*files(known.tables, "domains"), *files(known.tables, "sources")):
        about = path.stat()
        stamps.append((str(path), about.st_mtime_ns, about.st_size))
    return _hosts(known, tuple(stamps))


@lru_cache(maxsize=4)
def _hosts(known: Known, stamps: tuple[tuple[str, int, int], ...]) -> Hosts:  # noqa: ARG001 part of the key
    entries: dict[str, Entry] = {}
    for path in files((_HERE.parent / "source", *known.tables), "sources"):
        for row in read(path, _SOURCES):
            entries.update((one.domain, one) for one in _sources(row))
    for path in files((_HERE, *known.tables), "domains"):
        for row in read(path, DOMAINS):
            if row.cells:
                domain = _domain(row, row.word("domain"))
                kind = CLASSES[row.word("class")]
                entries[domain] = Entry(domain, kind, row.word("why"), row.day("from"), row.day("until"))
    entries.update(
        (one, Entry(one, "approved", "设置中批准的域名")) for one in map(_plain, known.approved_domains)
    )
    entries.update((one, Entry(one, "own", "本单位域名")) for one in map(_plain, known.own_domains))
    return Hosts(entries)


def _sources(row: Row) -> Iterator[Entry]:
    if row.cells:
        for domain in row.words("domains"):
            if domain == "gov.cn":  # 中国政府网: every government has its domain below this one
                continue
            yield Entry(
                _domain(row, domain), "source", row.word("name"), row.day("valid_from"), row.day("valid_to")
            )


def _domain(row: Row, written: str) -> str:
    domain = _plain(written)
    if not domain or "." not in domain or not all(letter.isalnum() or letter in "-." for letter in domain):
        raise row.wrong(
            f"domain: {written!r} is no host name (write example.gov.cn, without http:// and path)"
        )
    return domain


def _plain(written: str) -> str:
    domain = written.strip().lower().removeprefix("*.").removeprefix("www.").strip(".")
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return ""
