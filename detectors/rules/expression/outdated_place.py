"""Counties and cities under a name they no longer have (撤县设区, 撤县设市)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from detectors.known import Known
from detectors.rule import Example, Finding, Prepared, Rule
from detectors.rules.expression._past import is_past, is_quoted, is_statute, newest_year
from detectors.tables import Column, Row, Shape, files, read
from detectors.text import About, Text, fold
from detectors.words import cuts_a_word

RULE = Rule(
    id="expression.outdated-place",
    title="行政区划旧称",
    why="政府网站发布的信息必须使用标准地名。撤县设区、撤县设市后仍用旧称，会影响办事和定位。",
    basis=(
        "《地名管理条例》第十八条：通过报刊、广播、电视等新闻媒体和政府网站等公共平台发布的信息，必须使用标准地名",
    ),
    examples=(
        "大同市⟦大同县→云州区⟧种植黄花26万亩。",
        "调研组赴⟦偃师市→偃师区⟧考察农业园区。",
        "成都市⟦郫县→郫都区⟧举办川菜交流活动。",
        Example("⟦凤翔县→凤翔区⟧召开春耕现场会。", about=About(published_on=datetime.date(2023, 3, 1))),
        Example("凤翔县召开春耕现场会。", about=About(published_on=datetime.date(2019, 3, 1))),
        "大同市云州区种植黄花26万亩。",
        "2018年2月，国务院批复撤销大同县，设立云州区。",
        "陈一禾，1968年生，原长乐市人。",
        "县召开县委全会，研究部署春耕工作。",
        "《凤翔县志》修订完成。",
        "今年以来，全市新增城市绿地20公顷。",
    ),
)

SHAPE = Shape(
    columns=(
        Column("name", needed=True),
        Column("then", needed=True),
        Column("since", "day", needed=True),
        Column("parents", "words"),
    ),
    key=("name",),
)

# A company, a school or a book keeps the name it was given; 市长、县长 are other words.
_KEEPS = re.compile(
    r"[长志委](?=[^员]|$)|人(?![民大社口力])|[\u4e00-\u9fff]{0,8}(?:有限公司|股份|银行|中学|小学|一中|二中|学校|医院旧|信用社|志》)|籍|小吃"
)
_PERSON = re.compile(r"(?:籍贯|出生|祖籍|生于|毕业|学历|[男女],)[^。;\n]{0,20}$|[男女],[^。;\n]{0,30}$")


def prepare(known: Known) -> Prepared:
    """With the shipped table and the operator's ``places.csv`` beside it; a later row replaces an earlier one."""
    rows: dict[str, Row] = {}
    for path in files((Path(__file__).parent, *known.tables), "places"):
        rows.update((fold(row.word("name")), row) for row in read(path, SHAPE))
    named = _finder(rows)

    def find(text: Text) -> Iterator[Finding]:
        plain = text.plain
        hits = [hit for hit in named(plain) if not _KEEPS.match(plain, hit[1])]
        if not hits or is_statute(plain):
            return
        day = text.about.published_on or datetime.date.today()  # noqa: DTZ011 the office's own calendar day
        newest = newest_year(plain)
        for start, end in hits:
            row = rows[plain[start:end]]
            since = row.day("since") or datetime.date.min
            if day < since or 0 < newest < since.year or not _is_there(plain, start, row):
                continue
            if plain.startswith(fold(row.word("then")), start):
                continue  # 沙县 begins 沙县区
            if (
                cuts_a_word(plain, start, end)
                or is_quoted(plain, start, end)
                or is_past(plain, start, end, since.year - 1)
            ):
                continue
            yield RULE.at(text, start, end, row.word("then"))

    return Prepared(find, tuple(rows))


def _finder(names: Collection[str]) -> Callable[[str], Iterator[tuple[int, int]]]:
    """Finds listed names by their last letters (县, 市), which are rarer than their first."""
    ends = re.compile(f"[{''.join({name[-1] for name in names})}]")
    lengths = sorted({len(name) for name in names}, reverse=True)

    def named(plain: str) -> Iterator[tuple[int, int]]:
        for end in ends.finditer(plain):
            for length in lengths:
                start = end.end() - length
                if start >= 0 and plain[start : end.end()] in names:
                    yield start, end.end()
                    break

    return named


def _is_there(plain: str, start: int, row: Row) -> bool:
    """Whether it is a place of today, not of a CV; short names need the place above them in front."""
    if _PERSON.search(plain[max(0, start - 40) : start]):
        return False
    parents = row.words("parents")
    return not parents or any(
        plain.endswith((parent, parent + "市", parent + "省"), 0, start) for parent in map(fold, parents)
    )
