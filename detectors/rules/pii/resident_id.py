"""Identity numbers: check digit, region and birthday computed; the old 15 digits and mistyped ones only by their label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.rule import Example, Rule
from detectors.rules.pii._page import page_of, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.resident-id",
    title="居民身份证号",
    why="身份证号能唯一锁定一个人，公开后会被用于冒名贷款、注册和诈骗，且终身无法更换。公示确需区分同名者时，只保留前6位和后4位。",
    basis=(
        "《中华人民共和国民法典》第一千零三十四条",
        "《中华人民共和国个人信息保护法》第二十五条",
        "《中华人民共和国政府信息公开条例》第十五条",
    ),
    examples=(
        "残疾人证号：⟦110105194912310038⟧44，等级四级。",
        "经核实，申请人周某（身份证号：⟦11010519491231002X⟧）符合救助条件。",
        "持居住证（号码⟦810000199001010019⟧）的港澳居民同等享受。",
        "名单如下：1.⟦110105 19491231 002X⟧；2.⟦830000199001010039⟧。",
        "原身份证号码为⟦110105491231002⟧的，请尽快换领新证。",
        Example("<p>证件号码：⟦110105<b>1949</b>1231&#48;02X⟧</p>", format="html"),
        "公民身份号码：11010519********002X。",
        "统一社会信用代码：91110000600037341L，法定代表人另行公布。",
        "项目代码：2308-990000-04-01-123456，合同编号：110105202310080026。",
        "订单号110105194912310020已发货，咨询电话0990-1234567。",
    ),
    private=True,
)


def find(text: Text) -> Iterator[Finding]:
    """Every identity number that no table column has claimed."""
    yield from report(RULE, text, page_of(text).hits["resident-id"])
