"""Whether the tables beside the chain say what the chain says: decisions and lists read waivers, roles and keys there.

Not told by the chain, and so not looked at: hashes of keys, which nobody can make without the secret; when a record
was last touched; and the word lists.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import select

from app.page import Page
from app.register.clock import today
from app.register.keeping import same_source
from app.register.keys import KeyFileError, Keys
from app.register.lookup import ENTRIES, entry_of, valid_waivers
from app.register.models import api_keys, entries, notices, records, regulations, texts, users, waivers
from app.register.way import OPEN, Case

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Table

    from app.register.chain import Entry
    from app.register.store import Register

_AT_ONCE = 500
_Rows = dict[str, dict[str, Any]]


def disagreements(register: Register, tell: Callable[[int], None] = lambda _: None) -> Iterator[str]:
    """What stands in a table and not in the chain, or the other way round; in words. The chains have been walked."""
    with register.read() as connection:
        told = _Told()
        kept = {
            row["digest"]: register.keys.print_of(row["content"]) for row in _all(connection, regulations)
        }
        wrong: set[str] = set()
        count, stories = 0, _stories(connection)
        while several := list(itertools.islice(stories, _AT_ONCE)):
            posts = {story[0].record: story for story in several if story[0].kind == "screened"}
            lines = {row["id"]: row for row in _all(connection, records, records.c.id.in_(posts))}
            with_text = select(texts.c.record).where(texts.c.record.in_(posts))
            sealed = set(connection.execute(with_text).scalars())  # their texts one by one: they may be long
            for story in several:
                told.take(story)
            for record, story in posts.items():
                yield from _record(connection, record, story, lines.get(record))
                if record in sealed:
                    yield from _text(connection, register.keys, story)
                wrong |= _regulations(story[0].content, kept)
            count += sum(map(len, several))
            tell(count)
        yield from (f"制度 {one}：留存的条文缺失或已被改动" for one in sorted(wrong))
        yield from _strangers(connection)
        yield from told.waivers(connection)
        yield from told.notices(connection)
        yield from _accounts(connection, register.keys)


def _stories(connection: Connection) -> Iterator[list[Entry]]:
    """The entries of each record, in bounded memory."""
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(
        ENTRIES.where(entries.c.register == "register").order_by(entries.c.record, entries.c.seq)
    )
    for _, story in itertools.groupby(map(entry_of, rows), key=lambda one: one.record):
        yield list(story)


def _differing(said: dict[str, Any], row: dict[str, Any]) -> str:
    """The first column that says otherwise."""
    return next((name for name, value in said.items() if _plain(row[name]) != _plain(value)), "")


def _plain(value: Any) -> Any:  # noqa: ANN401 a column
    """PostgreSQL keeps no NUL."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


# --- posts ------------------------------------------------------------------------------------


def _record(
    connection: Connection, record: str, story: list[Entry], row: dict[str, Any] | None
) -> Iterator[str]:
    if row is None:
        yield f"登记 {record}：列表中缺失"
        return
    if story[0].content is None:
        said = {"state": "destroyed", "title": "", "editor_name": "", "external_id": ""}
    else:
        case = Case.of(story)
        said = _columns(story[0], case)
        state = case.state(valid_waivers(connection, case, today()), today())
        by_waiver = row["stops"] and {state, row["state"]} <= {*OPEN}  # told anew when somebody next tidies
        said["state"] = row["state"] if by_waiver else state
    if name := _differing(said, row):
        yield f"登记 {row['number']}：列表中的“{name}”栏与登记内容不符"


def _columns(first: Entry, case: Case) -> dict[str, Any]:
    said, post = case.screened, case.screened["post"]
    answers = [one["answer"] for one in said["findings"]]
    return {
        "number": said["number"],
        "seq": first.seq,
        "at": first.at,
        **{name: post[name] for name in ("unit", "unit_kind", "category", "channel", "title", "formed_on")},
        "external_id": post["external_id"],
        "verdict": said["verdict"],
        "stops": answers.count("stop"),
        "reviews": answers.count("review"),
        "private": sum(one["rule"].startswith("pii.") for one in said["findings"]),
        "editor": first.who,
        "editor_name": said["editor"]["name"],
        "follows": said["follows"],
        "published_at": case.published.at if case.published else "",
    }


def _text(connection: Connection, keys: Keys, story: list[Entry]) -> Iterator[str]:
    said, record = story[0].content, story[0].record
    if said is None:
        yield f"原文 {record}：登记已销毁，原文仍在"
        return
    sealed = connection.execute(select(texts.c.sealed).where(texts.c.record == record)).scalar()
    try:
        plain = msgspec.json.decode(keys.open(bytes(sealed or b""), record))
        page = Page(body=plain["body"], title=plain["title"], format=plain["format"])
        good = same_source(said["prints"], page, keys)
    except KeyFileError:
        good = False
    if not good:
        yield f"登记 {said['number']}：留存的原文已被改动"


def _regulations(said: dict[str, Any] | None, kept: dict[str, str]) -> set[str]:
    """The regulations of a post that are not kept as they were asked; versions before noted no print."""
    if said is None:
        return set()
    asked = {one["digest"] for one in said["checklists"]} - kept.keys()
    return asked | {one for one, told in said.get("regulations", {}).items() if kept.get(one) != told}


def _strangers(connection: Connection) -> Iterator[str]:
    """Lines of the list of which the chain knows nothing."""
    known = select(entries.c.record).where(entries.c.register == "register", entries.c.kind == "screened")
    for number in connection.execute(select(records.c.number).where(records.c.id.not_in(known))).scalars():
        yield f"登记 {number}：没有送审的登记"
    for record in connection.execute(select(texts.c.record).where(texts.c.record.not_in(known))).scalars():
        yield f"原文 {record}：没有送审的登记"


# --- waivers and notices ----------------------------------------------------------------------


class _Told:
    """What entries say of waivers and of problems told by a supervisor. ``gone``: records whose story was destroyed."""

    def __init__(self) -> None:
        self._waivers: _Rows = {}
        self._notices: _Rows = {}
        self._gone: set[str] = set()

    def take(self, story: list[Entry]) -> None:
        for one in story:
            content = one.content
            if content is None:
                self._gone.add(one.record)
            elif one.kind == "waived":
                self._waivers[content["id"]] = content | {"who": one.who, "at": one.at, "revoked": False}
            elif one.kind == "revoked" and content["waiver"] in self._waivers:
                self._waivers[content["waiver"]]["revoked"] = True
            elif one.kind == "noticed":
                row = {column.name: content[column.name] for column in notices.c if column.name in content}
                self._notices[one.record] = row | {"at": one.at}
            elif one.kind == "mended" and one.record in self._notices:
                self._notices[one.record] |= {"state": content["state"], "remark": content["remark"]}

    def waivers(self, connection: Connection) -> Iterator[str]:
        """Each that holds was granted so, and none that was granted is gone."""
        day = today().isoformat()
        here = {
            row["id"]: row
            for row in _all(connection, waivers)
            if row["record"] not in self._gone or row["until"] >= day  # none outlives its record's keeping
        }
        told = {id_: row for id_, row in self._waivers.items() if row["record"] not in self._gone}
        yield from _two("豁免", here, told)

    def notices(self, connection: Connection) -> Iterator[str]:
        """The same of the problems."""
        yield from _two("整改事项", {row["id"]: row for row in _all(connection, notices)}, self._notices)


def _all(connection: Connection, table: Table, *where: ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    for row in connection.execute(select(table).where(*where)):
        yield row._asdict()


def _two(what: str, here: _Rows, told: _Rows) -> Iterator[str]:
    for id_ in sorted({*here, *told}):
        if id_ not in told:
            yield f"{what} {id_}：没有相应的登记"
        elif id_ not in here:
            yield f"{what} {id_}：已登记，表中缺失"
        elif name := _differing(told[id_], here[id_]):
            yield f"{what} {id_}：“{name}”栏与登记内容不符"


# --- accounts and keys ------------------------------------------------------------------------

_SWITCHED = {
    "account-disabled": {"disabled": True},
    "account-enabled": {"disabled": False},
    "totp-on": {"totp": True},
    "totp-off": {"totp": False},
}


def _accounts(connection: Connection, sealing: Keys) -> Iterator[str]:
    """By the audit log. What rests on a month that was destroyed is taken as it stands."""
    people: _Rows = {}
    keys: _Rows = {}
    gone = False
    kinds = ("account-added", "account-changed", "password-changed", *_SWITCHED, "key-added", "key-revoked")
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(
        ENTRIES.where(entries.c.register == "audit", entries.c.kind.in_(kinds)).order_by(entries.c.seq)
    )
    for entry in map(entry_of, rows):
        if entry.content is None:
            gone = True
        elif entry.kind.startswith("key-"):
            _key(keys, entry.kind, entry.content)
        else:
            _account(people, entry.kind, entry.content)
    accounts = (
        row | {"totp": bool(row["totp"]), "print": sealing.print_of(row["password"])}
        for row in _all(connection, users)
    )
    for what, found, name, told in (
        ("账号", accounts, "login", people),
        ("密钥", _all(connection, api_keys), "prefix", keys),
    ):
        here = {row[name]: row for row in found if row[name] in told or not gone}
        yield from _two(what, here, told)


def _account(people: _Rows, kind: str, said: dict[str, Any]) -> None:
    row = people.get(said["login"], {})
    if kind == "account-added":
        row = {"disabled": False, "totp": False}
    if kind in {"account-added", "password-changed"}:
        row.pop("print", None)  # a version before noted none
    people[said["login"]] = row | _SWITCHED.get(kind, said)


def _key(keys: _Rows, kind: str, said: dict[str, Any]) -> None:
    row = keys.get(said["prefix"], {})
    if kind == "key-added":
        scopes = msgspec.json.encode(said["scopes"]).decode()
        row = said | {"name": said["name"].strip(), "unit": said["unit"].strip(), "scopes": scopes}
    keys[said["prefix"]] = row | {"revoked": kind == "key-revoked"}
