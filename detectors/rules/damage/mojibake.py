"""Text that was read in the wrong encoding."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import regex

from detectors.rule import Finding, Rule
from detectors.rules.damage._letters import codes, marked, rare, these
from detectors.rules.damage._note import one_note
from detectors.text import Text
from detectors.words import tokens

RULE = Rule(
    id="damage.mojibake",
    title="乱码",
    why="字符编码转换出错，正文变成了读不懂的字，信息等于没有发布；网站普查中也按严重表述错误扣分。",
    basis=(
        "《中华人民共和国政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
        "《大同市云州区人民政府网站信息审核发布制度》第十一条：杜绝政治错误、内容差错、技术故障",
    ),
    examples=(
        "现将有关事项公告如下：⟦锟斤拷锟斤拷⟧，请周知。",
        "The caf⟦Ã©⟧ is open.",
        "⟦å¹³å·å¸‚⟧人民政府",
        "会议要求⟦\ufffd\ufffd⟧加强值班值守，做好防汛准备。",
        "对不实信息要及时发布辟謠信息?;貞畔⒁⟦鲃酉蚋黝悅鹘⟧y媒體。",
        "鏈嶅姟⟦銆傛垜⟧们将尽快处理。",
        "现将有关事项公告如下：请周知。",
        "水中氨氮、砷、镉、铬的含量均达标。",
        "防治蛴螬、蝼蛄、蚜虫等地下害虫。",
        "戏曲《魑魅魍魉》在文化馆上演。",
        "他的名字叫李喆鑫，网名“饕餮客”。",
        "【采写】郑钰衎【作者】郑钰衎【来源】云山日报",
    ),
)

# 锟斤拷: replacement characters read as GBK; 烫, 屯: unset memory; Ã©, â€œ: UTF-8 read as Latin-1;
# 銆, 鈥, 锛 …: UTF-8 punctuation read as GBK.
_KNOWN = regex.compile(
    r"(?:锟斤拷|锟斤)+|烫烫烫烫*|屯屯屯屯*|\ufffd+|[ÃÂ][\x80-\xbf](?:[ÃÂ]?[\x80-\xbf])*|â(?:€[™œ\x9d“”\x93\x94¦˜]|[\x80-\x9f]{2})|ï¿½|ï»¿"
    r"|(?:[ã-é][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]{1,2}){2,}"  # the same of Chinese letters
    r"|銆[\u4e00-\u9fff]{1,2}|锛[屽屼屾屻岃岀氬氫氭堝堜夊夌]|鈥[\u4e00-\u9fff]{1,2}"
)
_SIGNS = "锟烫屯\ufffdÃÂâãäåæçèéï銆锛鈥"
_WITHIN = 10  # letters in which so many rare ones are no name and no list
_MANY = 4
_LONGEST = 60  # letters of one run


def find(text: Text) -> Iterator[Finding]:
    """Well-known debris, and runs of rare characters that no dictionary word explains."""
    written = text.as_written
    places: list[tuple[int, int]] = []
    if these(_SIGNS).take(codes(written), mode="clip").any():
        places += [match.span() for match in _KNOWN.finditer(written)]
    places += [
        place
        for place in _runs(text)
        if not any(place[0] < end and start < place[1] for start, end in places)
    ]
    if places:
        places.sort()
        yield one_note(RULE, text, places)


def _runs(text: Text) -> Iterator[tuple[int, int]]:
    plain = text.plain
    at = marked(codes(plain), rare())
    if len(at) < _MANY:
        return
    dense = np.flatnonzero(at[_MANY - 1 :] - at[: 1 - _MANY] < _WITHIN)
    last = -1
    for first in dense[:200]:
        start = int(at[first])
        if start < last:
            continue
        end = start
        for position in at[first:]:
            if position - end > _WITHIN // 2 or position - start > _LONGEST:
                break
            end = int(position) + 1
        last = end
        run = plain[start:end]
        if _senseless(run):
            yield text.written(start, end)


def _senseless(run: str) -> bool:
    """Rare characters that stand alone, one beside the other, with nothing between them that parts a list."""
    if any(mark in run for mark in "、,。;:()·《》“”【】\n\t "):
        return False
    rest = rare()
    alone = sum(
        1 for word, _, _ in tokens(run) if len(word) == 1 and ord(word) < len(rest) and rest[ord(word)]
    )
    return alone >= _MANY and alone * 3 >= len(run)
