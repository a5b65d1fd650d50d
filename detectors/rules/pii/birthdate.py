"""The full birthdate of a private person; that of officials, martyrs and people of history is public."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detectors.pii import BIRTHDATE
from detectors.rule import Rule
from detectors.rules.pii._names import sentence
from detectors.rules.pii._page import kind_hits, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.birthdate",
    title="完整出生日期",
    why="姓名加完整出生日期可以推算身份证号，也常被用作密码线索。公示只写年龄或者出生年月。",
    basis=(
        "《中华人民共和国民法典》第一千零三十四条",
        "《中华人民共和国个人信息保护法》第二十五条",
    ),
    examples=(
        "申请人周小满，出生日期：⟦1990年3月7日⟧，家住城东社区。",
        "犯罪嫌疑人吴某，男，⟦1985年11月2日⟧出生，无业。",
        "患者姓名：李小雪，出生年月日：⟦2001-05-06⟧。",
        "周同志，1965年3月出生，现任县财政局局长。",
        "烈士王大山，1921年5月3日出生，1943年牺牲。",
        "2024年3月7日，生活垃圾分类工作启动。",
        "出生日期：1990年*月*日，申请人请核对。",
    ),
    private=True,
)

NEEDS = ("出生", "生日", "生于", "日生")

_PRIVATE = re.compile(
    r"身份证|住址|家住|现住|户籍|居住|手机|失踪|走失|被执行人|嫌疑人|被告人|罪犯|患者|病人|申请人|户主|学生|儿童|考生|当事人|被害人|受害人|死者|"
    r"姓名|新生儿|婴儿|弃婴|母亲|父亲|监护人|男,|女,|投诉人|参保|残疾|低保"
)
_PUBLIC = re.compile(
    r"烈士|英雄|牺牲|同志|诞辰|院士|作家|艺术家|书记|主席|总理|部长|局长|县长|市长|省长|委员|教授|诗人|画家|科学家|元帅|将军|总统|首相|任前|拟任|现任|历任|逝世|纪念|运动员|演员|导演|董事|监事|总经理|会计师|工程师|中共党员"
)


def find(text: Text) -> Iterator[Finding]:
    """Only where the sentence speaks of a private person."""
    plain = text.plain
    for hit in kind_hits(text, BIRTHDATE):
        first, last = sentence(plain, hit.start, hit.end, 80)
        if _PRIVATE.search(plain, first, last) and not _PUBLIC.search(plain, first, last):
            yield from report(RULE, text, (hit,))
