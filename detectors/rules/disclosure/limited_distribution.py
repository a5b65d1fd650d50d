"""A paper that goes only to certain levels: (此件发至县团级)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from detectors.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="disclosure.limited-distribution",
    title="限定发放或传达范围",
    why="附注限定了发到哪一级、传达到什么范围，说明文件只面向部分单位和人员，不面向社会。",
    basis=(
        "《党政机关公文处理工作条例》第九条：附注，公文印发传达范围等需要说明的事项",
        "《政府信息公开条例》第十七条：应当依法对拟公开的政府信息进行审查",
    ),
    examples=(
        "(⟦此件发至县团级⟧)",
        "⟦（发至乡镇党委、县直各部门）⟧",
        "2024年4月2日\n⟦(传达到全体党员干部)⟧",
        "⟦此件传达至科级以上干部⟧，不登报、不广播。",
        "⟦阅知范围：局领导班子成员⟧",
        "惠民补贴资金已全部发至群众“一卡通”账户。",
        "请各社区把通知传达到每一户居民。",
        "(发至邮箱 office@example.gov.cn)",
        "应聘材料(发至报名邮箱)须于5月8日前提交。",
        "会议精神已传达到全县各级党组织。",
    ),
)
NEEDS = ("发至", "传达", "范围")

_LEVEL = r"(?:[\u4e00-\u9fff]{0,8}(?:级|党委|党组|党支部|党员|干部|团级|师级|县团|地师|省军|乡镇|部门|街道|科室|单位)[\u4e00-\u9fff、]{0,14})"
_NOTE = regex.compile(
    rf"[(【\[〔](?:此件)?(?:只|仅)?(?:发至|印发至|传达至|传达到){_LEVEL}[)】\]〕]"
    rf"|此件(?:只|仅)?(?:发至|印发至|传达至|传达到){_LEVEL}?"
    r"|(?m:^)(?:(?:传达|阅知)范围[: ]|[印发]发范围[: ][ \t]{0,3}(?:仅限|限于))[ \t]{0,3}[^\s。,;:][^\n。;]{1,30}"
)


def find(text: Text) -> Iterator[Finding]:
    """Notes in brackets, or said of 此件."""
    plain = text.plain
    for note in _NOTE.finditer(plain):
        inside = plain.startswith(("(此件", "【此件", "[此件", "〔此件"), note.start())
        yield RULE.at(text, note.start() + inside, note.end() - inside)
