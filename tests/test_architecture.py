"""Who may import whom, and other promises of the structure."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("detectors", "app")

_OF_NUMBERS = tuple(f"detectors.pii.{one}" for one in ("digits", "checks", "surroundings", "kind"))
_KINDS = tuple(
    f"detectors.pii.{one}" for one in ("identity", "contact", "accounts", "belongings", "records", "dwelling")
)
_OF_RULES = (
    "detectors.rule", "detectors.text", "detectors.known", "detectors.words", "detectors.markup", "detectors.tables",
    "detectors.needs", "detectors.matcher",
)  # fmt: skip
# module (longest prefix wins) → what it may import of ours
MAY_IMPORT = {
    "detectors.text": (),
    "detectors.markup": ("detectors.text",),
    "detectors.rule": ("detectors.text", "detectors.markup"),
    "detectors.known": ("detectors.text", "detectors.tables"),
    "detectors.tables": (),
    "detectors.limit": (),
    "detectors.matcher": (),
    "detectors.words": ("detectors.text",),
    "detectors.needs": ("detectors.words",),
    "detectors.lexicon": ("detectors.rule", "detectors.text", "detectors.matcher", "detectors.words"),
    "detectors.pii.digits": (),
    "detectors.pii.checks": (),
    "detectors.pii.surroundings": (),
    "detectors.pii.kind": ("detectors.pii.digits",),
    "detectors.pii.identity": _OF_NUMBERS,
    "detectors.pii.contact": _OF_NUMBERS,
    "detectors.pii.accounts": _OF_NUMBERS,
    "detectors.pii.belongings": _OF_NUMBERS,
    "detectors.pii.records": _OF_NUMBERS,
    "detectors.pii.dwelling": _OF_NUMBERS,
    "detectors.pii.presidio": (*_OF_NUMBERS, *_KINDS, "detectors.text"),
    "detectors.pii": (),
    "detectors.spelling": ("detectors.rule", "detectors.text", "detectors.words", "detectors.matcher", "detectors.spelling"),
    "detectors.rules": _OF_RULES,
    "detectors.rules.pii": (*_OF_RULES, "detectors.pii"),  # and no other family: their digests do not name it
    "detectors": (
        "detectors", "detectors.lexicon", "detectors.rules", "detectors.known", "detectors.rule", "detectors.text",
        "detectors.spelling", "detectors.matcher", "detectors.limit",
    ),
    "app.checklist": (),
    "app.page": ("app.checklist", "detectors.text", "detectors.markup"),
    "app.verdict": ("app.checklist", "detectors", "detectors.rule"),
    "app.screening": ("app.page", "app.checklist", "app.verdict", "detectors"),
    "app.masking": ("app.verdict", "detectors.rule", "detectors.text", "detectors.pii"),
    "app.explain": ("app.verdict", "app.checklist", "detectors.rule"),
}  # fmt: skip
# a foreign package → the only rooms that may import it
ONLY_IN = {
    "presidio_analyzer": ("detectors.pii.presidio",),
    "presidio_anonymizer": ("app.masking",),
    "httpx": ("app.links", "app.client", "app.contract"),
    "sqlalchemy": ("app.register", "app.accounts", "app.archive", "app.words"),
    "pyspark": ("app.archive",),
    "jieba": ("detectors.words", "detectors.spelling"),
    "ahocorasick": ("detectors.matcher",),
    "daachorse": ("detectors.matcher", "detectors.spelling"),
    "opencc": ("detectors.text",),
    "uvicorn": ("app.__main__", "app.door"),
}


@cache
def modules() -> dict[str, Path]:
    """Every module of the two rooms by its dotted name."""
    found = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imported(path: Path) -> frozenset[str]:
    """The modules a file imports, type-only imports left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            node.body = []
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                names.add(whole if whole in modules() else node.module)
    return frozenset(names)


@pytest.mark.parametrize(
    ("name", "path"), modules().items(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_imports_keep_to_the_table(name: str, path: Path) -> None:
    """Arrows are imports; there is no other arrow."""
    rooms = [one for one in MAY_IMPORT if name == one or name.startswith(one + ".")]
    ours = {one for one in imported(path) if one.partition(".")[0] in ROOMS}
    if name.startswith("detectors"):
        assert set() == {one for one in ours if one.startswith("app")}
    if not rooms:
        return
    room = max(rooms, key=len)
    allowed = MAY_IMPORT[room]
    inside = name if name != room or path.name == "__init__.py" else room
    strangers = {
        one
        for one in ours
        if one not in allowed
        and not any(one.startswith(prefix + ".") for prefix in allowed if prefix != "detectors")
        # private modules of the same family, and a package's own parts
        and not (
            one.rpartition(".")[2].startswith("_") and one.rpartition(".")[0] == inside.rpartition(".")[0]
        )
        and not (room not in {"detectors", "detectors.rules"} and one.startswith(room + "."))
    }

    assert set() == strangers


@pytest.mark.parametrize("package", ONLY_IN)
def test_foreign_packages_have_one_home(package: str) -> None:
    """A library can be exchanged in one place."""
    homes = ONLY_IN[package]
    elsewhere = [
        name
        for name, path in modules().items()
        if package in {one.partition(".")[0] for one in imported(path)}
        and not any(name == home or name.startswith(home + ".") for home in homes)
    ]

    assert [] == elsewhere


def test_presidio_is_loaded_only_by_who_asks() -> None:
    """Its analyzer takes a second and 100 MB: the recognizers are for others, none of ours imports them."""
    assert [] == [name for name, path in modules().items() if "detectors.pii.presidio" in imported(path)]


def test_rules_never_import_each_other() -> None:
    """Each rule file is complete in itself; what a family shares is private to it."""
    between = []
    for name, path in modules().items():
        if name.startswith("detectors.rules.") and path.name != "__init__.py":
            family = name.rpartition(".")[0]
            between += [
                f"{name} → {one}"
                for one in imported(path)
                if one.startswith("detectors.rules")
                and not (
                    one == family
                    or one.startswith(f"{family}._")
                    or (one.rpartition(".")[2].startswith("_") and one.startswith(family))
                )
            ]

    assert [] == between
