"""A document number that says the document is secret: ×密发〔2024〕3号."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detectors.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="secrecy.non-public-document-number",
    title="涉密发文字号",
    why="发文字号里带“密”“机密”“绝密”，说明所引或所发的是涉密文件。涉密文件的文号、标题也不宜公开引用。",
    basis=(
        "《保守国家秘密法实施条例》第五条：不得将涉及国家秘密的信息公开",
        "《保守国家秘密法实施条例》第二十七条：摘录、引用、汇编属于国家秘密的内容，应当按照规定报批",
    ),
    examples=(
        "根据临⟦密发〔2024〕3号⟧文件精神，现就有关事项通知如下。",
        "现将《关于……的通知》(临政办⟦密〔2023〕12号⟧)转发给你们。",
        "按照临政办⟦〔2024〕密5号⟧要求，各单位抓好落实。",
        "关于印发方案的通知\n临办⟦机密〔2022〕1号⟧",
        "密政发〔2020〕5号：密云区人民政府关于印发实施意见的通知",
        "按照《关于进一步加强商用密码管理的通知》(国密局字〔2021〕4号)执行。",
        "高密政发〔2024〕2号文件已在市政府网站公开。",
        "临保密办〔2024〕3号：关于开展保密宣传月活动的通知",
        "中共高密市委印发《实施方案》(高密发〔2023〕9号)。",
    ),
)
NEEDS = ("密", "绝")

# Places whose short name ends in 密 (高密, 新密, 哈密; 密云 begins with it), the offices of ciphers (国密, 商密)
# and of secrecy work (保密办): their papers are ordinary ones.
_REST = r"[发函字电传件报办]?[〔\[(](?:19|20)\d\d[〕\])][ \t]{0,2}第?\d{1,4}[ \t]{0,2}号"
_NUMBER = re.compile(
    rf"密(?<=[\u4e00-\u9fff]密)(?<![高新哈国商保]密){_REST}|绝(?<=[\u4e00-\u9fff]绝){_REST}"
    r"|〔(?:19|20)\d\d〕[ \t]{0,2}(?:机密|绝密|秘密|密)[ \t]{0,2}字?第?\d{1,4}[ \t]{0,2}号"
)
_GRADE = ("机密", "绝密", "秘密")


def find(text: Text) -> Iterator[Finding]:
    """Numbers with a word of secrecy at the end of the office's short name or before the running number."""
    plain = text.plain
    for number in _NUMBER.finditer(plain):
        start = number.start()
        yield RULE.at(text, start - plain.startswith(_GRADE, start - 1), number.end())
