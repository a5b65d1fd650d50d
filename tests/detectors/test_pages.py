"""Whole posts as an editor would write them: what a family says about each, and nothing more."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from detectors import Detectors, load
from detectors.markup import read
from detectors.rule import FAMILIES
from detectors.text import About, Text, join

PAGES = Path(__file__).resolve().parent.parent / "pages"
FILES = sorted(PAGES.rglob("*.toml"))


@cache
def all_rules() -> Detectors:
    """Every shipped rule, loaded once."""
    return load()


def page(path: Path) -> dict[str, Any]:
    """One page of the collection."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def name(path: Path) -> str:
    """Family and name of a page."""
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_page_says_what_its_family_finds(path: Path) -> None:
    """The findings of the family on the whole page are the listed ones, in order."""
    data, family = page(path), path.parent.name
    text = join(
        (Text.of(data["title"]), read(data["body"], data.get("format", "text"))),
        About(**data.get("about", {})),
    )
    look = all_rules().look(text)
    found = [(one.rule.id, one.quote) for one in look.findings if one.rule.family == family]

    assert () == look.unseen
    assert [(one["rule"], one["quote"]) for one in data.get("finding", [])] == found


@pytest.mark.parametrize("path", FILES, ids=name)
def test_page_is_well_formed(path: Path) -> None:
    """A page lies in the folder of a family, names rules of that family and says nothing unknown about itself."""
    data, family = page(path), path.parent.name

    assert family in FAMILIES
    assert set() == data.keys() - {"title", "format", "body", "about", "finding"}
    assert data.get("format", "text") in {"text", "html", "markdown"}
    assert set() == data.get("about", {}).keys() - {field.name for field in fields(About)}
    for one in data.get("finding", []):
        assert {"rule", "quote"} == one.keys()
        assert one["rule"] in all_rules().rules
        assert all_rules().rules[one["rule"]].family == family


@pytest.mark.parametrize("family", sorted({path.parent.name for path in FILES}))
def test_family_has_pages_of_both_kinds(family: str) -> None:
    """A family is shown with at least fifteen pages, five of which it must leave alone."""
    pages = [page(path) for path in FILES if path.parent.name == family]

    assert 15 <= len(pages)
    assert 5 <= sum(not data.get("finding") for data in pages)
