"""A regulation as data: its questions verbatim, which rules bear on each, who must sign.

One file of ``app/checklists/`` is one regulation. What a regulation leaves open is an
``[[open]]`` entry that the operator fills in, never an invention of ours.
"""

from __future__ import annotations

import enum
import hashlib
import tomllib
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

SHIPPED = Path(__file__).parent / "checklists"
KINDS = ("government", "department", "township", "internal-section")
CHANNELS = ("website", "weibo", "wechat", "douyin", "toutiao", "app", "other")
ACTS = ("review", "secrecy", "sign", "approve", "optional")


class Answer(enum.IntEnum):
    """What a form can say of one item, from best to worst.

    Silence has three meanings that must not be mixed up: looked and found nothing (CLEAR),
    no machine can answer (ASK), should have looked and could not (UNSEEN).
    """

    CLEAR = 0
    ASK = 1
    REVIEW = 2
    UNSEEN = 3
    STOP = 4

    @property
    def label(self) -> str:
        """The word used in JSON."""
        return _LABELS[self]


_LABELS = {one: one.name.lower() for one in Answer}


class ChecklistError(ValueError):
    """A checklist file that cannot be used: names the file, the entry and the reason."""


class Facts(NamedTuple):
    """What routes and deadlines depend on. "" and None: not stated."""

    kind: str = ""
    category: str = ""
    channel: str = ""
    repost: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One question of the regulation. ``bad`` is the answer that is a problem: 是, 否 or "" (neither)."""

    id: str
    number: str
    asks: str
    bad: str
    person: bool = False  # a named person must answer even where the machine found nothing
    hint: str = ""
    stop: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    scope: str = "post"  # "site": a duty that no single post can answer
    raises: str = ""  # id of a route: the bad answer is no obstacle, it asks for that route's signatures

    @property
    def by_machine(self) -> bool:
        """Whether any rule bears on this item."""
        return bool(self.stop or self.review)

    def answer(self, rule: str) -> Answer | None:
        """How bad a finding of this rule is here; None: it does not bear on this item."""
        if _matches(self.stop, rule):
            return Answer.STOP
        return Answer.REVIEW if _matches(self.review, rule) else None


def _matches(patterns: tuple[str, ...], rule: str) -> bool:
    """Whether any pattern means the rule; one that begins with "!" takes it out again (advice, or another item's)."""
    if any(fnmatchcase(rule, pattern[1:]) for pattern in patterns if pattern.startswith("!")):
        return False
    return any(fnmatchcase(rule, pattern) for pattern in patterns)


class Signature(NamedTuple):
    """Somebody who must act. ``role`` is "" where the regulation leaves it open and nobody filled it in."""

    role: str
    act: str
    basis: str
    why: str
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """Who must act when. Every route that applies adds its signatures, none takes any away."""

    id: str
    when: Mapping[str, Any]
    signatures: tuple[Signature, ...]
    basis: str
    why: str = ""
    form: bool = False

    def applies(self, facts: Facts, found: Iterable[str]) -> bool | None:
        """Whether it does; None: that depends on a fact nobody stated."""
        unknown = False
        for key, wanted in self.when.items():
            if key == "repost":
                if facts.repost != wanted:
                    return False
            elif key == "found":
                if not any(fnmatchcase(rule, pattern) for rule in found for pattern in wanted):
                    return False
            elif not getattr(facts, key):
                unknown = True
            elif getattr(facts, key) not in wanted:
                return False
        return None if unknown else True

    def unstated(self, facts: Facts) -> tuple[str, ...]:
        """The facts it would need."""
        return tuple(
            key for key in self.when if key in {"kind", "category", "channel"} and not getattr(facts, key)
        )


@dataclass(frozen=True, slots=True)
class Open:
    """A choice that the regulation leaves to the operator."""

    id: str
    asks: str
    basis: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """Days from the forming of the information to its release."""

    category: tuple[str, ...]
    days: int
    unit: str  # "working" or "calendar"
    basis: str
    asks: str
    at_most: int | None = None


@dataclass(frozen=True, eq=False)
class Checklist:
    """One regulation. ``digest`` names the exact data, the operator's choices included."""

    id: str
    title: str
    status: str
    issuer: str
    items: tuple[Item, ...]
    routes: tuple[Route, ...]
    digest: str
    form: str = ""
    notes: tuple[str, ...] = ()
    open: tuple[Open, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    separation: Mapping[str, Any] | None = None
    steps: tuple[str, ...] = ()  # 三审三校, where the regulation names it

    @cached_property
    def asked(self) -> tuple[Item, ...]:
        """The items asked of a single post."""
        return tuple(item for item in self.items if item.scope == "post")

    def raised(self, item: Item) -> tuple[Signature, ...]:
        """Who must sign as well when a person gives this item's bad answer."""
        return next((one.signatures for one in self.routes if one.id == item.raises), ())


_HEADS = {
    "title": str, "status": str, "issuer": str, "form": str, "notes": list, "item": list, "route": list,
    "open": list, "deadline": list, "separation": dict, "steps": list,
}  # fmt: skip
_ITEM = {
    "id": str, "number": str, "asks": str, "bad": str, "person": bool, "hint": str, "stop": list, "review": list,
    "scope": str, "raises": str,
}  # fmt: skip
_ROUTE = {"id": str, "when": dict, "form": bool, "basis": str, "why": str, **dict.fromkeys(ACTS, list)}
_TABLES = {"item", "route", "open", "deadline"}  # lists whose entries are tables, each checked by itself
_WHEN = {"kind": list, "category": list, "channel": list, "found": list, "repost": bool}
_NAMED: dict[str, tuple[str, ...]] = {"kind": KINDS, "channel": CHANNELS}
_OPEN = {"id": str, "asks": str, "basis": str}
_DEADLINE = {"category": list, "days": int, "unit": str, "at_most": int, "basis": str, "asks": str}


def load(path: Path, filled: Mapping[str, str] | None = None) -> Checklist:
    """Read one regulation; ``filled`` are the operator's choices for its ``[[open]]`` entries.

    Raises:
        ChecklistError: naming the file, the entry and what was expected.
    """
    raw = path.read_bytes()
    try:
        data = tomllib.loads(raw.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path.name}: {error}"
        raise ChecklistError(message) from error
    check = _Check(path.name)
    check.table("file", data, _HEADS, {"title", "status", "item", "route"})
    opens = tuple(Open(**check.table("open", one, _OPEN, set(_OPEN))) for one in data.get("open", ()))
    choices = dict(filled or {})
    if unknown := choices.keys() - {one.id for one in opens}:
        raise check.wrong(
            "open", f"the setting fills {min(unknown)!r}, which this regulation does not leave open"
        )
    items = tuple(check.item(one) for one in data["item"])
    routes = tuple(check.route(one, opens, choices) for one in data["route"])
    for kind, ids in (("item", [item.id for item in items]), ("route", [route.id for route in routes])):
        if doubled := {one for one in ids if ids.count(one) > 1}:
            raise check.wrong(kind, f"the id {min(doubled)!r} stands twice")
    by_finding = {route.id for route in routes if route.when.keys() == {"found"}}
    for item in items:
        if item.raises and (item.raises not in by_finding or not item.bad):
            raise check.wrong(
                f"item {item.id!r}", f"raises a route that depends on findings alone, got {item.raises!r}"
            )
    return Checklist(
        path.stem,
        data["title"],
        data["status"],
        data.get("issuer", ""),
        items,
        routes,
        "sha256:" + hashlib.sha256(raw + repr(sorted(choices.items())).encode()).hexdigest(),
        data.get("form", ""),
        tuple(data.get("notes", ())),
        opens,
        tuple(check.deadline(one) for one in data.get("deadline", ())),
        data.get("separation"),
        tuple(data.get("steps", ())),
    )


def load_all(
    folders: Sequence[Path] = (), filled: Mapping[str, Mapping[str, str]] | None = None
) -> dict[str, Checklist]:
    """All regulations shipped and of ``folders``, by id; of two files of one name the later folder's holds.

    Raises:
        ChecklistError: a file is broken, a folder is missing, or ``filled`` names no regulation.
    """
    choices = dict(filled or {})
    paths: dict[str, Path] = {}
    for folder in (SHIPPED, *folders):
        if not folder.is_dir():
            message = f"{folder}: no such folder of regulations"
            raise ChecklistError(message)
        paths |= {path.stem: path for path in sorted(folder.glob("*.toml"))}
    found = {name: load(path, choices.pop(name, None)) for name, path in paths.items()}
    if choices:
        message = f"the setting names a regulation that does not exist: {min(choices)!r}; there are {', '.join(found)}"
        raise ChecklistError(message)
    return found


def check_patterns(checklists: Iterable[Checklist], rules: Collection[str]) -> None:
    """Refuse a pattern that means no rule: its item would read as looked at, its route would never apply.

    Raises:
        ChecklistError: naming regulation, entry and pattern.
    """
    for one in checklists:
        entries = [(f"item {item.id!r}", (*item.stop, *item.review)) for item in one.items]
        entries += [(f"route {route.id!r}", tuple(route.when.get("found", ()))) for route in one.routes]
        for entry, patterns in entries:
            for pattern in patterns:
                if not any(fnmatchcase(rule, pattern.removeprefix("!")) for rule in rules):
                    message = f"{one.id}: {entry}: no rule is meant by {pattern!r}"
                    raise ChecklistError(message)


class _Check:
    """Strict reading of one file."""

    def __init__(self, name: str) -> None:
        self.name = name

    def wrong(self, entry: str, reason: str) -> ChecklistError:
        return ChecklistError(f"{self.name}: {entry}: {reason}")

    def table(self, entry: str, table: Any, known: Mapping[str, type], needed: set[str]) -> dict[str, Any]:  # noqa: ANN401
        if not isinstance(table, dict):
            raise self.wrong(entry, f"expected a table, got {table!r}")
        entry = f"{entry} {table['id']!r}" if isinstance(table.get("id"), str) else entry
        for key, value in table.items():
            if key not in known:
                raise self.wrong(entry, f"unknown key {key!r}; known are {', '.join(known)}")
            if not isinstance(value, known[key]) or (known[key] is int and isinstance(value, bool)):
                raise self.wrong(entry, f"{key}: expected {known[key].__name__}, got {value!r}")
            if (
                isinstance(value, list)
                and key not in _TABLES
                and not all(isinstance(one, str) and one for one in value)
            ):
                raise self.wrong(entry, f"{key}: expected a list of words, got {value!r}")
        if missing := needed - table.keys():
            raise self.wrong(entry, f"{min(missing)} is missing")
        return table

    def item(self, table: Any) -> Item:  # noqa: ANN401
        given = dict(self.table("item", table, _ITEM, {"id", "number", "asks", "bad"}))
        if given["bad"] not in {"是", "否", ""}:
            raise self.wrong(f"item {given['id']!r}", f"bad is 是, 否 or empty, got {given['bad']!r}")
        if given.get("scope", "post") not in {"post", "site"}:
            raise self.wrong(f"item {given['id']!r}", f"scope is post or site, got {given['scope']!r}")
        for key in ("stop", "review"):
            given[key] = tuple(given.get(key, ()))
        item = Item(**given)
        if not item.by_machine and not item.person and item.scope == "post":
            return replace(item, person=True)  # what no rule looks at only a person can answer
        return item

    def route(self, table: Any, opens: Sequence[Open], choices: Mapping[str, str]) -> Route:  # noqa: ANN401
        given = self.table("route", table, _ROUTE, {"id", "basis"})
        when = self.table(f"route {given['id']!r} when", given.get("when", {}), _WHEN, set())
        for fact, allowed in _NAMED.items():
            for one in when.get(fact, ()):
                if one not in allowed:  # would never apply, and its signatures would never be asked for
                    raise self.wrong(
                        f"route {given['id']!r}", f"{fact} is one of {', '.join(allowed)}, got {one!r}"
                    )
        known = {one.id: one for one in opens}
        signatures = []
        for act in ACTS:
            for role in given.get(act, ()):
                name, asks, why = role, "", given.get("why", "")
                if role.startswith("{"):
                    choice = known.get(role.strip("{}"))
                    if choice is None:
                        raise self.wrong(
                            f"route {given['id']!r}", f"{role} is not among the [[open]] entries"
                        )
                    # why: the operator's choice must not pass for words of the regulation
                    name, asks, why = choices.get(choice.id, ""), choice.asks, choice.basis
                signatures.append(Signature(name, act, given["basis"], why, asks))
        return Route(
            given["id"],
            when,
            tuple(signatures),
            given["basis"],
            given.get("why", ""),
            given.get("form", False),
        )

    def deadline(self, table: Any) -> Deadline:  # noqa: ANN401
        given = self.table("deadline", table, _DEADLINE, set(_DEADLINE) - {"at_most"})
        if given["unit"] not in {"working", "calendar"}:
            raise self.wrong("deadline", f"unit is working or calendar, got {given['unit']!r}")
        return Deadline(**{**given, "category": tuple(given["category"])})
