"""A list with names and a column of identity numbers, telephones, accounts, addresses or illnesses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.rule import Example, Rule
from detectors.rules.pii._page import page_of, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.table-column",
    title="名单中有整列个人信息",
    why="公示名单把姓名和证件号、电话、账号、住址或者病情并列，等于成批公开个人信息，是政府网站最常见的泄露方式。公示必需的栏目之外，整列删去或者作遮挡处理。",
    basis=(
        "《中华人民共和国个人信息保护法》第二十五条",
        "《中华人民共和国个人信息保护法》第三十四条",
        "《中华人民共和国政府信息公开条例》第十五条",
    ),
    examples=(
        "序号\t姓名\t⟦身份证号⟧\t金额\n1\t周小满\t11010519491231002X\t500\n2\t吴谷雨\t110105194912310038\t500",
        Example(
            "<table><tr><th>姓名</th><th>⟦联系电话⟧</th><th>⟦病种⟧</th></tr>"
            "<tr><td>周小满</td><td>13800138000</td><td>尿毒症</td></tr></table>",
            format="html",
        ),
        Example("| 户主姓名 | ⟦家庭住址⟧ |\n| --- | --- |\n| 周小满 | 城东村三组12号 |", format="markdown"),
        "序号\t姓名\t身份证号\t金额\n1\t周小满\t110105********002X\t500",
        "序号\t单位\t联系人\t联系电话\n1\t城东中学\t周老师\t0990-1234567",
        "序号\t姓名\t准考证号\t成绩\n1\t周小满\t13800138000\t82.5",
        Example(
            "<table><tr><th>单位名称</th><th>统一社会信用代码</th><th>地址</th></tr>"
            "<tr><td>城东饭店</td><td>91110000600037341L</td><td>城东路5号2栋101室</td></tr></table>",
            format="html",
        ),
        "姓名\t职务\t手机\n周小满\t值班主任\t13800138000",
    ),
    private=True,
)


def find(text: Text) -> Iterator[Finding]:
    """One finding per column, at its heading; its cells are the further places."""
    yield from report(RULE, text, page_of(text).hits["table-column"])
