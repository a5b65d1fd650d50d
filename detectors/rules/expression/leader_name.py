"""Names of leaders against the roster of the office: near misses, wrong titles, people who have left, the order."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from detectors.known import Known
from detectors.rule import Example, Finding, Prepared, Rule
from detectors.rules.expression._names import finder
from detectors.tables import Column, Row, Shape, files, read
from detectors.text import About, Text, fold

RULE = Rule(
    id="expression.leader-name",
    title="领导姓名、职务、排序",
    why="领导姓名写错、职务写错、已离任或者被查处的人员仍以现职出现，属于严重表述错误，历来是通报的重点。",
    basis=(
        "《六安市统计局政务新媒体管理暂行办法》第十八条：（严重）表述错误",
        "《宜君县政府网站政府信息发布规定（征求意见稿）》第十九条：单位负责人、联系方式等信息发生变更的，应及时更新相关信息",
    ),
    examples=(
        "云山县委书记⟦陈一和→陈一禾⟧主持会议。",
        "云山县县长⟦林清禾→林青禾⟧到村调研。",
        "云山县县长⟦陈一禾⟧作政府工作报告。",
        Example("云山县县长⟦周立禾⟧到村调研。", about=About(published_on=datetime.date(2024, 3, 1))),
        Example("云山县县长周立禾到村调研。", about=About(published_on=datetime.date(2019, 3, 1))),
        "⟦闻人云禾⟧出席开工仪式。",
        "参加活动的有⟦林青禾、陈一禾→陈一禾、林青禾⟧。",
        "云山县委书记陈一禾、云山县县长林青禾参加活动。",
        "云山县原常务副县长闻人云禾严重违纪违法问题通报。",
        "时任云山县县长周立禾曾到此调研。",
        "志愿者陈一和帮助群众收麦。",
    ),
)

IN_OFFICE, LEFT, REMOVED = "在任", "离任", "被查处"
# rank: place in a list of names, 1 first; empty: no order is checked.
SHAPE = Shape(
    columns=(
        Column("name", needed=True),
        Column("titles", "words"),
        Column("status", needed=True, among=(IN_OFFICE, LEFT, REMOVED)),
        Column("valid_from", "day"),
        Column("valid_to", "day"),
        Column("rank"),
    ),
    key=("name", "titles", "valid_from"),
    period=("valid_from", "valid_to"),
)

_FORMER = ("原", "时任", "前任", "前", "曾任", "原任", "副", "代")
_CASE = re.compile(r"违纪|违法|审查|调查|开除|被查|双开|受贿|判|通报|案|警示|落马|免职|撤职")
_LONGEST = 50  # names
_HAN = re.compile(r"[\u4e00-\u9fff]{2,4}")


@dataclass(frozen=True, slots=True)
class Person:
    """One row of the roster, folded."""

    name: str
    titles: tuple[str, ...]
    status: str
    first: datetime.date | None
    last: datetime.date | None
    rank: int

    def holds(self, title: str, day: datetime.date) -> bool:
        """Whether this person had the title on a day."""
        return (
            title in self.titles
            and (self.first is None or day >= self.first)
            and (self.last is None or day <= self.last)
            and (self.status == IN_OFFICE or self.last is not None)
        )


def prepare(known: Known) -> Prepared:
    """With the shipped example and the operator's ``roster.csv`` or ``roster.toml``.

    Raises:
        detectors.tables.TableError: a roster cannot be used; names file, line and reason.
    """
    paths = files((Path(__file__).parent, *known.tables), "roster")
    people = tuple(_person(row) for path in paths for row in read(path, SHAPE))
    titles = {title for person in people for title in person.titles}
    names = {person.name for person in people}
    named = finder(titles | names)

    def find(text: Text) -> Iterator[Finding]:
        plain = text.plain
        day = text.about.published_on or datetime.date.today()  # noqa: DTZ011 the office's own calendar day
        taken = -1
        ranked: list[tuple[int, int, Person]] = []
        for start, end in named(plain):
            word = plain[start:end]
            if word in titles:
                for finding, stop in _after_title(text, start, end, people, day):
                    taken = stop
                    yield finding
            if word not in names:
                continue
            if end > taken:
                yield from _removed(text, start, end, people)
            person = next((one for one in people if one.name == word and one.rank), None)
            if ranked and (person is None or not _goes_on(plain, ranked, start)):
                yield from _misplaced(text, ranked)
                ranked.clear()
            if person is not None:
                ranked.append((start, end, person))
        yield from _misplaced(text, ranked)

    return Prepared(find, (*titles, *names))


def _person(row: Row) -> Person:
    rank = row.word("rank")
    if rank and not rank.isdecimal():
        raise row.wrong(f"rank: expected a number, got {rank!r}")
    name = fold(row.word("name"))
    if not _HAN.fullmatch(name):
        raise row.wrong(f"name: expected two to four Chinese letters, got {row.word('name')!r}")
    titles = tuple(fold(title) for title in row.words("titles"))
    return Person(
        name, titles, row.word("status"), row.day("valid_from"), row.day("valid_to"), int(rank or 0)
    )


def _after_title(
    text: Text, begin: int, end: int, people: Sequence[Person], day: datetime.date
) -> Iterator[tuple[Finding, int]]:
    """The name right after a title; with the end of what was looked at."""
    plain = text.plain
    title = plain[begin:end]
    if plain.endswith(_FORMER, 0, begin):
        return
    after = _HAN.match(plain, end)
    if after is None:
        return
    holders = [person for person in people if person.holds(title, day)]
    for person in holders:
        if after[0].startswith(person.name):
            return
    start = after.start()
    for person in holders:
        end = start + len(person.name)
        if _nearly(plain[start:end], person.name):
            yield RULE.at(text, start, end, person.name, f"名单上的{title}是{person.name}。"), end
            return
    for person in people:
        if after[0].startswith(person.name):
            end = start + len(person.name)
            yield RULE.at(text, start, end, note=_no_longer(person, title, holders, day)), end
            return


def _no_longer(person: Person, title: str, holders: Sequence[Person], day: datetime.date) -> str:
    now = f"名单上的{title}是{'、'.join(one.name for one in holders)}。" if holders else ""
    if title in person.titles and person.last is not None and day > person.last:
        return f"{person.name}已于{person.last:%Y-%m-%d}后不再担任{title}。{now}"
    return f"名单上{person.name}的职务是{'、'.join(person.titles)}。{now}"


def _nearly(written: str, name: str) -> bool:
    """One letter differs."""
    return len(written) == len(name) > 1 and sum(a != b for a, b in zip(written, name, strict=True)) == 1


def _removed(text: Text, start: int, end: int, people: Sequence[Person]) -> Iterator[Finding]:
    plain = text.plain
    name = plain[start:end]
    if not any(person.name == name and person.status == REMOVED for person in people):
        return
    first = plain.rfind("。", max(0, start - 200), start) + 1
    if not _CASE.search(plain, max(first, start - 60), end + 60):
        yield RULE.at(text, start, end, note=f"{name}在名单中的状态是“{REMOVED}”，请清理。")


def _goes_on(plain: str, ranked: Sequence[tuple[int, int, Person]], start: int) -> bool:
    """Whether the next name stands in the same list; no list of leaders is longer than the limit."""
    return len(ranked) < _LONGEST and plain[ranked[-1][1] : start] == "、"


def _misplaced(text: Text, ranked: Sequence[tuple[int, int, Person]]) -> Iterator[Finding]:
    right = sorted(ranked, key=lambda one: one[2].rank)
    if list(right) != list(ranked):
        names = "、".join(one[2].name for one in right)
        yield RULE.at(text, ranked[0][0], ranked[-1][1], names, "与名单上的排序不同。")
