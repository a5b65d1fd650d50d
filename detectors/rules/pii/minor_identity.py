"""The full name of a minor in a case or in need: name, school and home must not lead to the child."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detectors.rule import Rule
from detectors.rules.pii._names import after, introduced, is_name, named, sentence
from detectors.rules.pii._page import Hit, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.minor-identity",
    title="涉案或受助未成年人实名",
    why="案件中未成年人的姓名、学校、住所等可能识别身份的信息一律不得披露，受助儿童的处境也属敏感个人信息。写作“小某”“某小学学生”，不写真名和班级。",
    basis=(
        "《中华人民共和国未成年人保护法》第一百零三条",
        "《中华人民共和国个人信息保护法》第二十八条",
        "《中华人民共和国个人信息保护法》第三十一条",
    ),
    examples=(
        "被害女童⟦周小满⟧（9岁）已得到心理辅导。",
        "城东中学初二学生⟦吴谷雨⟧遭同学欺凌，警方已立案。",
        "留守儿童⟦李冬至⟧由爷爷奶奶抚养，获得救助金1000元。",
        "被害人周某（9岁）已得到心理辅导。",
        "城东小学三年级学生周小满获作文比赛一等奖。",
        "走失儿童周小满，女，6岁，知情者请拨打110。",
        "学生应当遵守校规，防止欺凌事件发生。",
        "未成年人保护工作委员会召开会议，研究防范欺凌、性侵。",
        "获得资助的有云山大学数学学院学生安小满和残疾青年代表。",
    ),
    private=True,
)

_CHILD = (
    "学生", "女童", "男童", "女孩", "男孩", "儿童", "少年", "少女", "幼童", "幼儿", "小学生", "中学生", "初中生", "高中生", "未成年人", "孤儿",
    "女生", "男生", "婴儿",
)  # fmt: skip
_AFTER_CHILD = after(_CHILD)
_ADULT = 18
_COLLEGE = re.compile(r"(?:大学|学院|高校|研究生)[^,。;\n]{0,8}[学女男]生$")
NEEDS = ("岁", *_CHILD)

_CASE = re.compile(
    r"被害|受害|侵害|性侵|猥亵|强奸|欺凌|霸凌|虐待|殴打|遗弃|拐卖|盗窃|抢劫|伤害|犯罪|违法|斗殴|溺水|溺亡|自杀|自残|留守|救助|孤儿|无人抚养|困境|低保|确诊|白血病|患有|残疾"
)
_OPEN = re.compile(
    r"走失|失踪|寻人|寻亲|寻找|认亲|获奖|一等奖|二等奖|三等奖|冠军|优秀|表彰|新时代好少年|美德少年|见义勇为|救人|施救|勇救|烈士|英雄|演员|饰|电影|小说"
)


def find(text: Text) -> Iterator[Finding]:
    """A child's full name beside a case or a hardship; the missing are sought by name, and prizes have names."""
    plain = text.plain
    names = {start: (end, True) for start, end, age in introduced(plain) if age is not None and age < _ADULT}
    names |= {
        start: (end, False)
        for start, end, _ in named(plain, _AFTER_CHILD, _CHILD)
        if not _COLLEGE.search(plain, max(0, start - 14), start)
    }
    hits = []
    for start, (end, sure) in sorted(names.items()):
        first, last = sentence(plain, start, end)
        case = _CASE.search(plain, first, last)
        if case and not _OPEN.search(plain, first, last) and (sure or is_name(plain, start, end)):
            hits.append(Hit(start, end, "", f"同一句写有“{case[0]}”。"))
    yield from report(RULE, text, hits)
