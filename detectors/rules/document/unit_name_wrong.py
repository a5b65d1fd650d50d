"""The unit's own full name, miswritten."""

from __future__ import annotations

from collections.abc import Iterator

from detectors.rule import Example, Finding, Rule
from detectors.text import About, Text, fold
from detectors.words import dictionary

_OURS = About(unit="六安市统计局")
_LONG = About(unit="青石县住房和城乡建设局")

RULE = Rule(
    id="document.unit-name-wrong",
    title="本单位名称写错",
    why="单位自己的全称写错或者重复，最容易被网民截图，也说明稿件没有经过校对。",
    basis=(
        "《党政机关公文处理工作条例》第二十条（四）：人名、地名、时间、数字、段落顺序、引文等是否准确；文字、数字、计量单位和标点符号等用法是否规范",
        "《中华人民共和国政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
    ),
    examples=(
        Example("《⟦六安市六安市统计局→六安市统计局⟧政务新媒体管理办法》已经印发。", about=_OURS),
        Example("请向⟦六安市统记局→六安市统计局⟧办公室报送。", about=_OURS),
        Example("由⟦青石县住房和城乡建没局→青石县住房和城乡建设局⟧负责解释。", about=_LONG),
        Example("由⟦青石县住房城和乡建设局→青石县住房和城乡建设局⟧负责解释。", about=_LONG),
        Example("六安市统计局会同六安市审计局、六安市财政局开展检查。", about=_OURS),
        Example("市统计局办公室负责解释。", about=_OURS),
        Example("青石县住房和城乡建设局、青云县住房和城乡建设局联合行动。", about=_LONG),
        "请向六安市统记局办公室报送。",
    ),
)

_LEAST = 5  # letters; a shorter name is too near to others
_PLACES = ("省", "市", "县", "区", "镇", "乡", "州", "旗", "盟")


def find(text: Text) -> Iterator[Finding]:
    """Same length and one slip; a letter that makes another word makes another unit."""
    if len(text.about.unit) < _LEAST:
        return
    name = fold(text.about.unit)
    if len(name) < _LEAST or not name.isalpha():
        return
    plain = text.plain
    place = next((name[: at + 1] for at in range(1, len(name) - 2) if name[at] in _PLACES), "")
    if place:
        at = plain.find(place + name)
        while at >= 0:
            yield RULE.at(text, at, at + len(place + name), text.about.unit, f"“{place}”重复。")
            at = plain.find(place + name, at + 1)
    # One slip leaves the first or the second half whole.
    half = len(name) // 2
    seen: set[int] = set()
    for part, offset in ((name[:half], 0), (name[half:], half)):
        at = plain.find(part)
        while at >= 0:
            start = at - offset
            if start >= 0 and start not in seen:
                seen.add(start)
                finding = _compare(text, name, start)
                if finding:
                    yield finding
            at = plain.find(part, at + 1)


def _compare(text: Text, name: str, start: int) -> Finding | None:
    here = text.plain[start : start + len(name)]
    if len(here) < len(name) or here == name or not here.isalpha():
        return None
    wrong = [at for at in range(len(name)) if here[at] != name[at]]
    swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1 and sorted(here) == sorted(name)
    if not swapped and (len(wrong) != 1 or _is_a_word(here, wrong[0])):
        return None
    return RULE.at(text, start, start + len(name), text.about.unit, "与本单位全称不符。")


def _is_a_word(here: str, at: int) -> bool:
    words = dictionary().FREQ
    around = {
        here[at - 1 : at + 1] if at else "",
        here[at : at + 2],
        here[max(0, at - 2) : at + 1],
        here[at : at + 3],
    }
    return any(len(word) > 1 and words.get(word) for word in around)
