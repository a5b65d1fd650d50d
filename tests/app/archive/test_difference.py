"""Taking over an earlier result equals looking at everything again, whatever was edited between the two.

XIANSHEN_DIFFERENTIAL=5000 says how many edits are tried; without it thirty.
"""

from __future__ import annotations

import json
import os
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

import detectors
from app import checklist
from app.archive import difference, report, worker
from app.archive.batch import looked
from app.archive.difference import Earlier
from app.archive.document import Document, table
from app.archive.document import documents as received
from app.archive.manifest import VERSION, Manifest
from app.archive.readers import Part
from app.service import Service
from app.settings import Settings
from app.words import compile as compiling
from detectors import overlay
from detectors.lexicon import LexiconError
from detectors.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

EXAMPLES = int(os.environ.get("XIANSHEN_DIFFERENTIAL", "30"))
DAY = "2026-03-04"

# Words that overlap, lie inside each other, are private, are wrong characters, are asked by code too.
WORDS = ("甲乙", "乙丙", "甲乙丙", "布署", "水库", "身份证", "老百姓", "ab", "13800138000", "陈一禾")
PIECES = (
    *WORDS, "全县水库", "全县", "丙丁", "。", "，", "\n", " ", "“他说甲乙丙丁水库不干”", "身份证号11010519491231002X",
    "联系电话13812345678", "云山县县长陈一禾主持会议。", "云山县委书记陈一和出席。", "截至2月30日", "既使", "據", "佈署", "ＡＢ",
    "http://www.example.gov.cn/x", "<p>", "</p>", "<b>甲</b>乙", "<!--水库-->", '<span style="display:none">甲乙</span>',
    '<a href="http://jia.example.com">甲乙</a>', "**水库**", "国土资源部", "甲" * 30, "甲乙" * 205,
)  # fmt: skip


def attributes(word: str) -> st.SearchStrategy[dict[str, Any]]:
    """What a word may be told in a lexicon: replacement, exceptions, conditions, days."""
    around = st.sampled_from(["全县", "丙", "。", "号"])
    return st.fixed_dictionaries(
        {},
        optional={
            "then": st.sampled_from(["戊己", "即使"]),
            "unless": st.sampled_from([[f"全县{word}"], [f"{word}丁", f"{word}丙"]]),
            "unless_before": st.lists(around, min_size=1, max_size=2),
            "unless_after": st.lists(around, min_size=1, max_size=2),
            "before": st.lists(around, min_size=1, max_size=2),
            "whole": st.booleans(),
            "but_in_speech": st.booleans(),
            "from": st.sampled_from(["2025-01-01", "2030-01-01"]),
            "until": st.sampled_from(["2025-01-01", "2030-01-01"]),
            "note": st.just("注"),
        },
    )


def meanings(words: tuple[str, ...] = WORDS) -> st.SearchStrategy[dict[str, dict[str, Any]]]:
    """Some words, each with what it is told."""
    return st.sets(st.sampled_from(words), max_size=4).flatmap(
        lambda some: st.fixed_dictionaries({word: attributes(word) for word in sorted(some)})
    )


LEXICONS = ("expression.own-words", "spelling.own-words-b", "pii.own-words-c")  # the last one private


@dataclass(frozen=True)
class Rules:
    """Everything that decides what rules see, as an operator edits it."""

    files: Mapping[str, dict[str, dict[str, Any]]]
    cue: str
    laid: Mapping[str, dict[str, dict[str, Any] | None]]  # decided on the web; None: withdrawn
    phones: tuple[str, ...]
    roster: tuple[str, ...]
    laid_phones: tuple[str, ...]
    kind: str
    most: int


RULES = st.builds(
    Rules,
    st.fixed_dictionaries({name: meanings() for name in LEXICONS}),
    st.sampled_from(["", "", "sentence", "page"]),
    st.fixed_dictionaries({}, optional={name: meanings() for name in LEXICONS}),
    st.sampled_from([(), (), ("13800138000",)]),
    st.sampled_from([(), ("陈一禾,云山县县长,在任",), ("陈一禾,云山县委书记,离任",)]),
    st.sampled_from([(), (), ("13812345678",)]),
    st.sampled_from(["department", "department", "department", "township"]),
    st.sampled_from([1_000_000, 1_000_000, 1_000_000, 30]),
)


def documents() -> st.SearchStrategy[Document]:
    """A page of the pieces above."""
    words = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
    return st.builds(
        Document,
        key=st.just(""),
        body=words,
        title=st.lists(st.sampled_from(WORDS), max_size=2).map("".join),
        format=st.sampled_from(["text", "text", "html", "markdown"]),
        published_on=st.sampled_from(["", "2024-05-06", "2031-01-01", "not a day"]),
        unit=st.sampled_from(["", "某局"]),
        column=st.sampled_from(["", "动态"]),
        whole=st.booleans(),
        error=st.sampled_from(["", "", "", "", "", "", "", "", "已加密"]),
    )


PAGES = st.lists(documents(), min_size=4, max_size=7)


@st.composite
def edited(draw: st.DrawFn) -> tuple[Rules, list[Document], Rules, list[Document]]:
    """Rules and pages before and after: some parts edited, most left as they were."""
    rules, pages = draw(RULES), draw(PAGES)
    pages = [replace(one, key=f"k{draw(st.integers(0, at))}" if draw(st.booleans()) else f"k{at}") for at, one in enumerate(pages)]  # fmt: skip
    other = draw(RULES)
    names = [name for name in Rules.__dataclass_fields__ if name not in {"files", "laid"}]
    changed: dict[str, Any] = {name: getattr(other, name) for name in names if draw(st.integers(0, 9)) == 0}
    for name in ("files", "laid"):
        mixed = dict(getattr(rules, name))
        for lexicon in LEXICONS:
            if draw(st.integers(0, 2)) == 0:
                mixed[lexicon] = _touched(draw, mixed.get(lexicon, {}), getattr(other, name).get(lexicon, {}))
        changed[name] = mixed
    later = list(pages)
    for at in range(len(later)):
        match draw(st.integers(0, 7)):
            case 0:
                later[at] = replace(draw(documents()), key=later[at].key)
            case 1:
                later[at] = replace(later[at], title=later[at].title + "水库")
    if draw(st.booleans()):
        later = draw(st.permutations(later))[: draw(st.integers(1, len(later)))]
    if draw(st.booleans()):
        later.append(replace(draw(documents()), key="new"))
    return rules, pages, replace(rules, **changed), later


def _touched(draw: st.DrawFn, mine: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """One word added, removed or told something else; or all of them others."""
    if draw(st.booleans()):
        return other
    after = dict(mine)
    word = draw(st.sampled_from(WORDS))
    if word in after and draw(st.booleans()):
        del after[word]
    else:
        after[word] = draw(attributes(word))
    return after


# --- made real -----------------------------------------------------------------------------------


def written(folder: Path, rules: Rules) -> Settings:
    """Lexicon files, tables and settings as an operator keeps them."""
    own, tables = folder / "words", folder / "tables"
    own.mkdir(parents=True)
    tables.mkdir()
    for name, terms in rules.files.items():
        head = f'id = "{name}"\ntitle = "t"\nwhy = "w"\nbasis = ["b"]\nexamples = ["⟦毫无干系⟧"]\n'
        head += "private = true\n" if name.startswith("pii") else ""
        if rules.cue and name.startswith("expression"):
            head += f'[needs]\nwords = ["全县", "丙"]\nwithin = "{rules.cue}"\n'
        lines = [f'"{word}" = {_toml(told)}' for word, told in terms.items()]
        (own / f"{name.partition('.')[2]}.toml").write_text(
            head + '[terms]\n"毫无干系" = true\n' + "\n".join(lines) + "\n", encoding="utf-8"
        )
    if rules.roster:
        lines = ["name,titles,status", *rules.roster]
        (tables / "roster.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Settings(
        home=folder / "home", unit_kind=rules.kind, lexicons=(own,), tables=(tables,), public_phones=rules.phones,
        max_characters=rules.most, language_model="off",
    )  # fmt: skip


def _toml(told: dict[str, Any]) -> str:
    if not told:
        return "true"
    days = {"from", "until"}
    return "{ " + ", ".join(f"{key} = {one if key in days else json.dumps(one, ensure_ascii=False)}" for key, one in told.items()) + " }"  # fmt: skip


def service_of(folder: Path, rules: Rules) -> Service:
    """The service, with the words decided on the web laid over the files as a worker has it."""
    base = Service.load(written(folder, rules))
    content = {
        (name, fold(word)): (word, json.dumps(told or True) if told is not None else "null")
        for name, terms in rules.laid.items()
        for word, told in terms.items()
    } | {("public_phones", one): (one, "true") for one in rules.laid_phones}
    if not content:
        return base
    lexicons = {one.rule.id: one for one in base.detectors.lexicons}
    target = folder / "1.set"
    head = compiling.make(content, lexicons, 1, target, base.detectors.engine)
    layer = overlay.opened(target, lexicons, base.detectors.engine)
    known = (
        compiling.known_of(base.settings, head, target.with_suffix(".tables")) if rules.laid_phones else None
    )
    return replace(base, detectors=overlay.laid(base.detectors, layer, known), words=head)


def rescanned(
    folder: Path, pages: list[Document], service: Service, since: Path | None = None
) -> list[dict[str, Any]]:
    """The rows of a result, made as a worker makes them, in parts of three pages."""
    folder.mkdir()
    with closing(Manifest(folder, new=True)) as manifest:
        manifest.note(
            version=VERSION, archive="a", finished=True, day=DAY,
            rules=dict(service.detectors.rule_digests), ground=difference.ground(service),
        )  # fmt: skip
        earlier = Earlier.open(since, service) if since else None
        for number, at in enumerate(range(0, len(pages), 3)):
            some = received(table(pages[at : at + 3]))
            taken = earlier.rows(some) if earlier else {}
            rows = [taken.get(number) or looked(one, service) for number, one in enumerate(some)]
            worker.write(rows, manifest.path(number))
            manifest.add(worker.summary(Part(number, "x", iter), rows, len(taken)))
        found = list(report.rows(manifest))
    if earlier:
        earlier.manifest.close()
    return found


@pytest.fixture(autouse=True)
def _few_lexicons(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the drawn ones: the shipped ones are the same before and after."""
    monkeypatch.setattr(detectors, "LEXICONS", tmp_path_factory.mktemp("none"))
    monkeypatch.setattr(
        checklist, "check_patterns", lambda *_: None
    )  # regulations name rules of those left out


@given(edited())
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_taking_over_equals_looking_again(edit: tuple[Rules, list[Document], Rules, list[Document]]) -> None:
    """Words, exceptions, rosters, settings and pages edited at random."""
    rules, pages, later, later_pages = edit
    with TemporaryDirectory() as place:
        folder = Path(place)
        try:
            before, after = service_of(folder / "a", rules), service_of(folder / "b", later)
        except (LexiconError, compiling.CompileError):
            event("no such words can be")
            return
        rescanned(folder / "first", pages, before)
        whole = rescanned(folder / "whole", later_pages, after)
        apart = rescanned(folder / "apart", later_pages, after, folder / "first")

        with closing(Manifest(folder / "apart")) as manifest:
            event(f"taken over: {min(manifest.totals()['reused'], 3)}")
        assert whole == apart
