"""The list of approved sources: the shipped start and the operator's ``sources.csv`` or ``sources.toml`` beside it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from detectors.known import Known
from detectors.tables import Column, Row, Shape, files, read
from detectors.text import fold

# valid_to is the last day on which the source may be used.
SHAPE = Shape(
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
    singular=("name", "aliases"),
)


class Approved(NamedTuple):
    """One source that may be reposted from, between two days (None: always)."""

    name: str
    valid_from: datetime.date | None
    valid_to: datetime.date | None


@dataclass(frozen=True)
class Sources:
    """All names (folded) and hosts of the list. ``own``: the operator has a list."""

    names: dict[str, Approved]
    hosts: dict[str, Approved]
    own: bool

    def named(self, name: str) -> Approved | None:
        """The listed source a name stands for; 新华网客户端 and 据新华社北京电 stand for theirs."""
        exact = self.names.get(name)
        if exact is not None:
            return exact
        inside = [one for one in self.names if len(one) > 1 and one in name]
        return self.names[max(inside, key=len)] if inside else None

    def host(self, host: str) -> Approved | None:
        """The listed source whose host this is, or a host above it."""
        while host:
            if host in self.hosts:
                return self.hosts[host]
            host = host.partition(".")[2]
        return None


def approved(known: Known) -> Sources:
    """Read the lists; a row of the operator replaces the shipped row of the same name.

    Raises:
        detectors.tables.TableError: a list cannot be used; names file, line and reason.
    """
    shipped = Path(__file__).parent
    rows: dict[str, Row] = {}
    own = False
    for path in files((shipped, *known.tables), "sources"):
        rows.update((row.word("name"), row) for row in read(path, SHAPE))
        own = own or path.parent != shipped
    names: dict[str, Approved] = {}
    hosts: dict[str, Approved] = {}
    for name, row in rows.items():
        source = Approved(name, row.day("valid_from"), row.day("valid_to"))
        names.update((fold(one), source) for one in (name, *row.words("aliases")))
        for host in row.words("domains"):
            if "/" in host or "." not in host:
                raise row.wrong(f"domains: {host!r} is no host name")
            hosts[host.lower().removeprefix("www.")] = source
    hosts.update(
        (host.lower(), Approved(host, None, None)) for host in known.own_domains | known.approved_domains
    )
    return Sources(names, hosts, own)
