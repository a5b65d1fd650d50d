"""Traditional characters in a Simplified page, or the other way round."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import regex

from detectors.rule import Finding, Rule
from detectors.rules.damage._letters import codes, marked, simplified, traditional
from detectors.rules.damage._note import one_note
from detectors.text import Text

RULE = Rule(
    id="damage.mixed-scripts",
    title="繁简混用",
    why="国家机关以规范汉字为公务用字；简体页面夹杂繁体字，或者繁体页面转换不全，说明内容未经校对就发布了。",
    basis=(
        "《中华人民共和国国家通用语言文字法》第九条：国家机关以普通话和规范汉字为公务用语用字",
        "《中华人民共和国国家通用语言文字法》第十七条：可以保留或使用繁体字、异体字的情形",
    ),
    examples=(
        "全县各级各单位要进一步压实责任，认真做好汛期值班值守工作，⟦確⟧保人員到位、責任到人，发现险情及时报县应急管理局，并组织群众转移。",
        "區政府網站信息審核發布制度適用⟦于⟧各鄉鎮，并由辦公室負責解釋，審核后發布，并于每年報送，經審核后實施，責任于單位。各單位應當認真落實審核責任。",
        "全县各单位要认真做好防汛工作，确保人员到位、责任到人。",
        "展出作品有《臺灣風物志》和《歸去來兮》等，均为馆藏。",
        "區政府網站信息審核發布制度適用於各鄉鎮，並由辦公室負責解釋，審核後發布。",
        "演员李喆、张堃出席活动，现场书写“龍馬精神”四字。",
    ),
)

# Characters that are both a Simplified form and an old character of their own; what the Traditional page writes.
_CONVERTED = {"于": "於", "并": "並", "后": "後", "范": "範"}
_UNMISTAKABLE = frozenset(
    "国们这来时会个对发为关说长门开东车见问间网务业动产电学实经过进还题样现点无书报话设议认让应该记办区县乡镇医药劳员责"
)
_QUOTED = regex.compile(
    r"《[^《》\n]{0,60}》|“[^“”\n]{0,60}”|「[^「」\n]{0,60}」|『[^『』\n]{0,60}』|〈[^〈〉\n]{0,60}〉"
)
_SOME = 3  # of one script in a page of the other, of at least two kinds


def find(text: Text) -> Iterator[Finding]:
    """Names, titles and quotations may keep their script; a page may not change its own."""
    written = text.as_written
    letters = codes(written)
    places = marked(letters, traditional())
    if len(places) < _SOME:
        return
    if len(places) > len(marked(letters, simplified())):
        yield from _traditional_page(text, written)
    else:
        yield from _simplified_page(text, written, places)


def _simplified_page(text: Text, written: str, places: npt.NDArray[np.intp]) -> Iterator[Finding]:
    quoted = [match.span() for match in _QUOTED.finditer(written)]  # in order, none inside another
    begins = [start for start, _ in quoted]
    last = [-1, *(end for _, end in quoted)]  # before a quotation: nothing; else the end of the latest begun
    free = [at for at in places.tolist() if at >= last[bisect_right(begins, at)]]
    if len(free) >= _SOME and len({written[at] for at in free}) > 1:
        yield one_note(RULE, text, [(at, at + 1) for at in free], "简体页面夹有繁体字。")


def _traditional_page(text: Text, written: str) -> Iterator[Finding]:
    left = [one for one, other in _CONVERTED.items() if written.count(one) > 1 and other not in written]
    plain_letters = [at for at, letter in enumerate(written) if letter in _UNMISTAKABLE]
    if len(left) > 1:
        places = [at for at, letter in enumerate(written) if letter in left]
        note = (
            "繁体页面夹有未转换的字：" + "、".join(f"“{one}”应为“{_CONVERTED[one]}”" for one in left) + "。"
        )
    elif len(plain_letters) > _SOME and len({written[at] for at in plain_letters}) > 2:
        places, note = plain_letters, "繁体页面夹有简体字。"
    else:
        return
    yield one_note(RULE, text, [(at, at + 1) for at in places], note)
