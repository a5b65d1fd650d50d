"""A character or word that stands twice by a slip of the keys."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from detectors.rule import Finding, Rule
from detectors.rules.damage._letters import codes
from detectors.rules.damage._note import one_note
from detectors.text import Text
from detectors.words import cuts_a_word, dictionary, tokens

RULE = Rule(
    id="damage.repeated-character",
    title="字词重复",
    why="多打了一遍的字词是最容易被读者看出来的差错，说明稿件没有通读校对。",
    basis=(
        "《党政机关公文处理工作条例》第二十条（四）：人名、地名、时间、数字、段落顺序、引文等是否准确；文字、数字、计量单位和标点符号等用法是否规范",
        "《福州市政府网站管理暂行办法》第三十六条（六）：网站是否存在错别字",
    ),
    examples=(
        "这是全县人民共同努力⟦的的→的⟧结果。",
        "⟦我们我们→我们⟧将继续做好服务保障工作。",
        "要⟦进一步进一步→进一步⟧压实责任。",
        "⟦青石县青石县→青石县⟧人民政府办公室印发通知。",
        "⟦六安市六安市→六安市⟧统计局印发通知。",
        "会议由县委常委、副县长张某某主持⟦并并→并⟧讲话。",
        "不了了之的的确是少数，除了了解情况，还要是是非非分清楚。",
        "上将将于明日出席，目的的实现靠大家。",
        "请大家试试看，天天坚持，人人参与，研究研究再定。",
        "常务委员会委员会议审议通过。",
        "他一步一步走来，一个一个问题解决。",
        "理事会会长、大会会场均已落实。",
        "加油加油加油！哈哈哈哈！",
        "“过奖过奖，不敢当不敢当！”他谦虚地说。",
        "久坐之后要站起来活动活动筋骨，多活动活动对身体好。",
    ),
)

# Words of grammar: nobody doubles them on purpose.
_SINGLE = frozenset("的了是在和与及被把将从由并也都而以我你他它们这那要能可就为于对其或且但之第")
_DOUBLE = frozenset(
    {
        "我们",
        "他们",
        "你们",
        "它们",
        "以及",
        "进行",
        "并且",
        "因为",
        "所以",
        "如果",
        "对于",
        "关于",
        "根据",
        "通过",
        "这个",
        "已经",
        "可以",
        "应当",
        "应该",
        "不得",
        "其他",
        "有关",
        "相关",
        "按照",
        "由于",
        "但是",
        "而且",
        "或者",
        "同时",
        "其中",
        "要求",
        "工作",
        "政府",
        "部门",
        "单位",
        "人民",
        "国家",
        "项目",
        "企业",
        "群众",
        "干部",
        "社会",
        "发展",
        "建设",
        "管理",
        "服务",
        "实施",
        "推进",
        "加强",
        "提高",
        "开展",
        "组织",
        "负责",
        "安全",
        "生产",
        "经济",
        "全面",
        "积极",
        "认真",
        "严格",
        "切实",
        "确保",
        "做好",
        "依法",
        "及时",
        "规定",
        "办法",
        "通知",
        "会议",
        "情况",
        "问题",
        "内容",
        "信息",
        "全县",
        "全市",
        "全省",
        "我县",
        "我市",
        "我省",
        "中国",
        "北京",
        "上海",
        "以来",
        "之间",
        "为了",
        "没有",
        "不能",
        "必须",
        "需要",
        "成为",
        "作为",
        "以下",
        "以上",
        "具有",
        "共同",
        "主要",
        "重要",
        "目前",
        "当前",
    }
)
_NAMES = frozenset("县市区镇乡村省州局厅委院部处所室会司校")  # what names of places and bodies end with
_LONGEST = 6
_UNLIKE = 0x110000  # above every code point
_MIX = np.uint32(65599)
_PLAIN = "一二三四五六七八九十百千万亿两几零〇"


def find(text: Text) -> Iterator[Finding]:
    """Repeats are looked for by comparing the text with itself, shifted; words decide which are slips."""
    plain = text.plain
    letters = codes(plain)
    if len(letters) < 2:
        return
    # Whatever is no Chinese character is made unlike everything else, so that spaces and digits never repeat.
    han = (letters >= 0x4E00) & (letters < 0xA000)
    letters = np.where(han, letters, np.arange(_UNLIKE, _UNLIKE + len(letters), dtype=np.uint32))
    slips: list[tuple[int, int, int]] = []  # start, end, length of what is doubled
    for at in np.flatnonzero(letters[1:] == letters[:-1]):
        start = int(at)
        if plain[start] in _SINGLE and _is_slip(plain, start):
            slips.append((start, start + 2, 1))
    # Two or three letters at once: most pages end here.
    pairs = letters[:-1] * _MIX + letters[1:]
    triples = pairs[:-1] * _MIX + letters[2:]
    for length in range(2, min(_LONGEST, len(letters) // 2) + 1):
        several = pairs if length == 2 else triples
        if (several[length:] == several[:-length]).any():
            starts = _runs(letters[length:] == letters[:-length], length)
            slips += [
                (start, start + 2 * length, length) for start in starts if _is_doubled(plain, start, length)
            ]
    slips.sort(key=lambda slip: (slip[0], -slip[1]))
    places: list[tuple[int, int]] = []
    end = -1
    for start, stop, _ in slips:
        if start >= end:
            places.append(text.written(start, stop))
            end = stop
    if places:
        first = slips[0]
        yield one_note(RULE, text, places, suggestion=plain[first[0] : first[0] + first[2]])


def _runs(same: npt.NDArray[np.bool_], length: int) -> Iterator[int]:
    """Starts of stretches in which so many letters in a row come again; of one stretch only the first."""
    changes = np.flatnonzero(np.diff(np.concatenate(([False], same, [False]))))
    for start, end in zip(changes[::2], changes[1::2], strict=True):
        if length <= end - start < 2 * length:
            yield int(start)


def _is_slip(plain: str, start: int) -> bool:
    """Neither of the two letters belongs to a longer word, and there are just two."""
    letter = plain[start]
    if plain[start + 2 : start + 3] == letter or plain[start - 1 : start] == letter:
        return False
    first = max(0, start - 6)
    parts = {begin + first: word for word, begin, _ in tokens(plain[first : start + 8])}
    return parts.get(start) == letter and parts.get(start + 1) == letter


def _is_place(word: str) -> bool:
    """六安市 begins with a numeral and is none."""
    return len(word) > 2 and word[-1] in _NAMES and bool(dictionary().FREQ.get(word))


def _is_doubled(plain: str, start: int, length: int) -> bool:
    word = plain[start : start + length]
    if len(set(word)) == 1 or (word[0] in _PLAIN and not _is_place(word)):
        return False
    if word not in _DOUBLE and (length == 2 or not (word[-1] in _NAMES or dictionary().FREQ.get(word))):
        return False  # 很灿烂很灿烂 is speech
    end = start + 2 * length
    if plain[end : end + 1] == "!" and not "\u4e00" <= plain[start - 1 : start] < "\ua000":
        return False  # 不敢当不敢当! is an exclamation
    return not cuts_a_word(plain, start, end) and not cuts_a_word(plain, start, start + length)
