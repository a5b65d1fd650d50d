"""The articles that rules name: they exist, and they say what the rule says they say."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

import detectors
from benchmarks.corpora import DATA, Absent, rows
from detectors.rules.document import _laws
from detectors.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FACTS = DATA.parent / "facts" / "laws"
SEEDS = DATA.parent / "seeds"
_BASIS = re.compile(
    r"《(?:中华人民共和国)?(?P<title>[^》]+)》(?:（[^）]+）)?(?P<places>第[^：]*)?(?:：(?P<says>.*))?"
)
_NUMBER = re.compile(r"第([一二三四五六七八九十百千零]+)条(?!件)")
_ARTICLE = re.compile(
    r"(?:^|[\n。;；：:?) \u3000])\**第([一二三四五六七八九十百千零]+)[条條](?!件|第|规定|款)\**", re.MULTILINE
)
_UNITS = {"十": 10, "百": 100, "千": 1000}
_ALIKE = 0.5  # share of the pairs of letters of a paraphrase that stand in the article

Basis = tuple[str, str, tuple[int, ...], str]  # rule, title, articles, wording


def number(letters: str) -> int:
    """一百零三 → 103."""
    total = digit = 0
    for letter in letters:
        if letter in _UNITS:
            total += (digit or 1) * _UNITS[letter]
            digit = 0
        else:
            digit = "零一二三四五六七八九".index(letter)
    return total + digit


def bases() -> Iterator[Basis]:
    """Every article that a rule names."""
    for rule in detectors.load().rules.values():
        for basis in rule.basis:
            found = _BASIS.match(basis)
            numbers = tuple(map(number, _NUMBER.findall((found and found["places"]) or "")))
            if found and numbers:
                title = re.sub(r"[（(].*", "", found["title"])
                yield rule.id, title, numbers, found["says"] or ""


NAMED = tuple(dict.fromkeys(one[1:] for one in bases()))


@cache
def known() -> dict[str, int]:
    """Law → the number of its articles, where the shipped table tells it."""
    return {name: law.articles for name, law in _laws.load().named.items() if law.articles}


def articles(text: str) -> dict[int, str]:
    """Article → its letters; of two with one number (two regulations in one file) both."""
    text = re.sub(r"\([a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜ]{1,7}\)", "", fold(text))
    heads = list(_ARTICLE.finditer(text))
    found: dict[int, str] = {}
    for head, after in zip(heads, [*heads[1:], None], strict=True):
        at = number(head[1])
        found[at] = found.get(at, "") + text[head.end() : after.start() if after else len(text)]
    return found


@cache
def texts() -> dict[str, dict[int, str]]:
    """Title → articles, of the laws and regulations that lie beside the project; newest version last."""
    found: dict[str, dict[int, str]] = {}
    try:
        for row in rows("gov_text/laws.jsonl.gz"):
            title = re.sub(r"[（(].*", "", row["title"]).removeprefix("中华人民共和国").strip()
            if any(title == named for named, _, _ in NAMED):
                found[title] = articles(row["text"])
    except Absent:
        pass
    for path in sorted(FACTS.glob("*.md")):
        found[path.name.partition("(")[0]] = articles(path.read_text(encoding="utf-8"))
    for path in sorted(SEEDS.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        for title in {named for named, _, _ in NAMED if named in fold(text)[:20_000]}:
            found.setdefault(title, articles(text))
    return found


def pairs(letters: str) -> set[str]:
    """Neighbouring Chinese letters."""
    han = re.sub(r"[^\u4e00-\u9fff]", "", fold(letters))
    return {han[at : at + 2] for at in range(len(han) - 1)}


@pytest.mark.parametrize(("title", "numbers", "says"), NAMED, ids=lambda one: str(one)[:30])
def test_named_articles_exist(title: str, numbers: tuple[int, ...], says: str) -> None:
    """No rule names an article beyond the last of its law; every law named has a known number or a text."""
    del says
    if title in known():
        assert max(numbers) <= known()[title]


@pytest.mark.skipif(
    not FACTS.is_dir(), reason="left out: the texts of the laws are not beside the repository"
)
@pytest.mark.parametrize(("title", "numbers", "says"), NAMED, ids=lambda one: str(one)[:30])
def test_articles_say_what_rules_say(title: str, numbers: tuple[int, ...], says: str) -> None:
    """The wording of a basis stands in the article that it names."""
    if title not in texts():
        pytest.skip(f"left out: no text of {title}")
    article = "".join(texts()[title].get(one, "") for one in numbers)
    assert article
    said = pairs(says)
    assert not said or len(said & pairs(article)) / len(said) >= _ALIKE, article[:300]


@pytest.mark.skipif(
    not FACTS.is_dir(), reason="left out: the texts of the laws are not beside the repository"
)
@pytest.mark.parametrize("path", sorted(FACTS.glob("*.md")), ids=lambda path: path.name.partition("(")[0])
def test_table_counts_the_articles_of_each_version(path: Path) -> None:
    """The table has no fewer articles than any text, and exactly those of the version it names."""
    title, _, day = path.stem.rstrip(")").partition("(")
    law = _laws.load().named[title]
    last = max(articles(path.read_text(encoding="utf-8")))

    assert law.articles is not None
    assert law.articles >= last
    assert law.as_of is not None
    assert law.as_of.isoformat() != day or law.articles == last
