"""Fixed formulations whose members stand beside their name: one is missing, one too many, or the order is wrong.

And the verbs of the set phrase 增强“四个意识”、坚定“四个自信”、做到“两个维护”.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from detectors.rule import Finding, Rule
from detectors.rules.expression._names import finder
from detectors.text import Text, fold

INCOMPLETE = Rule(
    id="expression.incomplete-formulation",
    title="固定提法不完整、次序不对",
    why="“四个意识”“四个自信”等提法有固定的内容和次序，漏写、多写、颠倒次序都会被认定为表述错误。",
    basis=(
        "《六安市统计局政务新媒体管理暂行办法》第十八条：（严重）表述错误",
        "《宜君县政府网站与政务新媒体管理细则（征求意见稿）》第十七条（三）：严把政治关、法律关、政策关、保密关、文字关",
    ),
    examples=(
        "要牢固树立“四个意识”，即⟦政治意识、大局意识、看齐意识→政治意识、大局意识、核心意识、看齐意识⟧。",
        "坚定⟦道路自信、制度自信、理论自信、文化自信→道路自信、理论自信、制度自信、文化自信⟧“四个自信”。",
        "坚决反对“四风”（⟦形式主义、官僚主义、享乐主义、奢靡之风、自由主义→形式主义、官僚主义、享乐主义、奢靡之风⟧）。",
        "贯彻⟦创新、绿色、协调、开放、共享→创新、协调、绿色、开放、共享⟧的新发展理念。",
        "统筹推进⟦经济建设、政治建设、社会建设、文化建设、生态文明建设→经济建设、政治建设、文化建设、社会建设、生态文明建设⟧“五位一体”总体布局。",
        "弘扬⟦坚持真理、坚守理想，践行初心、担当使命，英勇斗争、不怕牺牲，对党忠诚、不负人民→坚持真理、坚守理想、践行初心、担当使命、不怕牺牲、英勇斗争、对党忠诚、不负人民⟧的伟大建党精神。",
        "培育社会主义核心价值观：⟦富强、民主、文明、和谐，自由、平等、公正、法制，爱国、敬业、诚信、友善→富强、民主、文明、和谐、自由、平等、公正、法治、爱国、敬业、诚信、友善⟧。",
        "中国式现代化是⟦人口规模巨大、全体人民共同富裕、物质文明和精神文明相协调、走和平发展道路→人口规模巨大、全体人民共同富裕、物质文明和精神文明相协调、人与自然和谐共生、走和平发展道路⟧的现代化。",
        "发展全过程人民民主，推进民主选举、民主协商、民主决策、民主管理、民主监督。",
        "弘扬“坚持真理、坚守理想，践行初心、担当使命，不怕牺牲、英勇斗争，对党忠诚、不负人民”的伟大建党精神。",
        "要牢固树立“四个意识”，即政治意识、大局意识、核心意识、看齐意识。",
        "增强政治意识、大局意识，提高工作本领。",
        "贯彻创新、协调、绿色、开放、共享的新发展理念。",
        "推进经济建设、文化建设等各项工作。",
        "反对“四风”，重点整治形式主义、官僚主义。",
        "开展“四史”学习教育，组织党史、新中国史等专题讲座。",
    ),
)
VERB = Rule(
    id="expression.mismatched-verb",
    title="固定提法搭配的动词不对",
    why="增强“四个意识”、坚定“四个自信”、做到“两个维护”、深刻领悟“两个确立”的决定性意义，动词与提法的搭配是固定的。",
    basis=("《六安市统计局政务新媒体管理暂行办法》第十八条：（严重）表述错误",),
    examples=(
        "进一步⟦坚定→增强⟧“四个意识”。",
        "不断⟦增强→坚定⟧“四个自信”，坚决做到“两个维护”。",
        "坚决⟦做到→领悟⟧“两个确立”。",
        "增强“四个意识”、坚定“四个自信”、做到“两个维护”。",
        "坚定拥护“两个确立”，坚决做到“两个维护”。",
        "树牢“四个意识”，坚定“四个自信”。",
        "不断增强践行“两个维护”的自觉。",
    ),
)
RULES = (INCOMPLETE, VERB)

_COMMA = re.compile("[、,](?:以及|和(?!谐|平)|及|与)?")
_AND = re.compile("以及|和|及|与")
_ITEM = r"[\u4e00-\u9fff]{2,16}"
_LIST = re.compile(rf"{_ITEM}(?:、(?:和|以及)?{_ITEM}){{2,13}}")
_GROUPS = re.compile(rf"{_ITEM}(?:[、,](?:和|以及)?{_ITEM}){{2,13}}")  # 富强、民主、文明、和谐，自由、平等 …
_AFTER = re.compile(
    r"[”\"]?\s?(?:总体布局|战略布局|要求|问题)?\s?(?:[,(（:—]{0,3}(?:即|就是|包括|是指|指的是|分别是|主要是|也就是|是)?[:“]?)"
)
_BETWEEN = re.compile(r"[”\"]?(?:的)?(?:重大|这)?[“\"(]?$")
# name → the verb and the verbs of the other three
_VERBS = {
    "四个意识": ("增强", ("坚定", "做到", "领悟")),
    "四个自信": ("坚定", ("增强", "做到", "领悟")),
    "两个维护": ("做到", ("增强", "坚定", "领悟")),
    "两个确立": ("领悟", ("增强", "坚定", "做到")),
}
_NOT_IT = re.compile(r"[”\"]?[\u4e00-\u9fff]{0,3}(?:自觉|意识|信念)")


class Formulation(NamedTuple):
    """A name and its members; ``spellings`` gives each accepted spelling its place."""

    names: tuple[str, ...]
    members: tuple[str, ...]
    spellings: dict[str, int]

    @property
    def list_(self) -> re.Pattern[str]:
        return _GROUPS if len(self.members) > 7 else _LIST


def _load() -> dict[str, Formulation]:
    rows = tomllib.loads((Path(__file__).parent / "formulations.toml").read_text(encoding="utf-8"))[
        "formulation"
    ]
    found: dict[str, Formulation] = {}
    for row in rows:
        accepted = [fold(member).split("|") for member in row["members"]]
        spellings = {spelling: place for place, one in enumerate(accepted) for spelling in one}
        one = Formulation(tuple(row["names"]), tuple(spelling[0] for spelling in accepted), spellings)
        found.update(dict.fromkeys(one.names, one))
    return found


_OF = _load()
_named = finder({*_OF, *_VERBS})
_WINDOW = 120  # code points: the longest enumeration has 90

NEEDS = (*_OF, *_VERBS)


def find(text: Text) -> Iterator[Finding]:
    """The enumeration right before or right after a name, and the verb before it."""
    plain = text.plain
    last = -1
    for first, stop in _named(plain):
        name = plain[first:stop]
        if name in _VERBS:
            yield from _verb(text, first, stop)
        formulation = _OF.get(name)
        if formulation is None:
            continue
        for start, end in (_before(plain, first, formulation), _after(plain, stop, formulation)):
            if start < end and start >= last:
                seen = list(_errors(text, formulation, start, end, name))
                if seen:
                    last = end
                yield from seen


def _verb(text: Text, start: int, end: int) -> Iterator[Finding]:
    """A verb that belongs to another of the four."""
    plain = text.plain
    right, wrong = _VERBS[plain[start:end]]
    at = start - (plain[start - 1 : start] in {"“", '"'})
    if plain.endswith(wrong, 0, at) and not _NOT_IT.match(plain, end):
        yield VERB.at(text, at - 2, at, right)


def _after(plain: str, at: int, of: Formulation) -> tuple[int, int]:
    lead = _AFTER.match(plain, at)
    listed = of.list_.match(plain, lead.end() if lead else at)
    return listed.span() if listed else (at, at)


def _before(plain: str, at: int, of: Formulation) -> tuple[int, int]:
    """The list that ends right before a name."""
    gap = _BETWEEN.search(plain, max(0, at - 6), at)
    end = gap.start() if gap else at
    first = max(0, end - _WINDOW, plain.rfind("。", 0, end) + 1, plain.rfind("\n", 0, end) + 1)
    found = (end, end)
    for listed in of.list_.finditer(plain, first, end):
        found = listed.span()
    return found if found[1] == end else (end, end)


def _errors(text: Text, of: Formulation, start: int, end: int, name: str) -> Iterator[Finding]:
    """What is wrong with the list in a range; nothing where too few members stand in it."""
    plain = text.plain
    items: list[tuple[int, int, int]] = []  # start, end, place of the member or -1
    for first, last in _split(plain, start, end, _COMMA):
        whole = _item(plain, first, last, of)
        # 民主和文明 are two members, 和谐 and 人与自然和谐共生 are one
        if whole[2] >= 0:
            items.append(whole)
        else:
            items += [_item(plain, *part, of) for part in _split(plain, first, last, _AND)]
    known = [number for number, item in enumerate(items) if item[2] >= 0]
    if len(known) < max(3, len(of.members) - 1):
        return
    items = items[known[0] : known[-1] + 1] if not _one_more(plain, items, known, of) else items[known[0] :]
    places = [place for _, _, place in items if place >= 0]
    missing = [member for place, member in enumerate(of.members) if place not in places]
    extra = [plain[first:last] for first, last, place in items if place < 0]
    first, last = items[0][0], items[-1][1]
    if re.match(r"等(?!级)", plain[last : last + 2]) and not extra and places == sorted(places):
        return
    note = ""
    if missing:
        note += f"缺“{'”“'.join(missing)}”。"
    if extra:
        note += f"多“{'”“'.join(extra)}”。"
    if len(set(places)) < len(places):
        note += "有重复。"
    elif places != sorted(places):
        note += "次序不对。"
    if note:
        yield INCOMPLETE.at(text, first, last, "、".join(of.members), f"“{name}”：{note}")


def _split(plain: str, start: int, end: int, joint: re.Pattern[str]) -> list[tuple[int, int]]:
    """Ranges between the joints."""
    at, pieces = start, []
    for found in joint.finditer(plain, start, end):
        pieces.append((at, found.start()))
        at = found.end()
    return [(first, last) for first, last in (*pieces, (at, end)) if last > first]


def _item(plain: str, start: int, end: int, of: Formulation) -> tuple[int, int, int]:
    """One item of the list; the first may begin, the last may end in words of the sentence."""
    word = plain[start:end]
    if word in of.spellings:
        return start, end, of.spellings[word]
    for spelling, place in of.spellings.items():
        if word.endswith(spelling):
            return end - len(spelling), end, place
        if word.startswith(spelling):
            return start, start + len(spelling), place
    return start, end, -1


def _one_more(plain: str, items: list[tuple[int, int, int]], known: list[int], of: Formulation) -> bool:
    """Whether one foreign member of the same make follows the last one, and the list ends there."""
    rest = items[known[-1] + 1 :]
    if len(rest) != 1 or len(known) < len(of.members):
        return False
    start, end, _ = rest[0]
    return plain[end - 2 : end] in {member[-2:] for member in of.members} and end - start <= 6
