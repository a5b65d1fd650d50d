"""An amount in capitals that is not the amount in figures."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import regex

from detectors.rule import Finding, Rule
from detectors.rules.number._figure import NUMBER, shown
from detectors.text import Text

RULE = Rule(
    id="number.capitals-differ-from-figure",
    title="金额大小写不一致",
    why="同一笔金额的大写和小写不相等，必有一个写错；中标、处罚、拍卖公告中的金额错误会引起争议。",
    basis=(
        "《中华人民共和国政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
        "《党政机关公文处理工作条例》第二十条（四）：人名、地名、时间、数字、段落顺序、引文等是否准确；文字、数字、计量单位和标点符号等用法是否规范",
    ),
    examples=(
        "中标金额：人民币⟦壹拾贰万叁仟肆佰元整⟧（¥124,300.00元）。",
        "罚款5000元（大写：⟦伍万元整⟧）。",
        "成交价：⟦贰佰叁拾万元整⟧（小写：203万元）。",
        "中标金额：人民币壹拾贰万叁仟肆佰元整（¥123,400.00元）。",
        "罚款50000元（大写：伍万元整）。",
        "中标金额：叁佰零伍元伍角整（¥305.50）。",
        "保证金伍万元整，工本费另收200元。",
        "每户补助伍仟元，共计补助500元以上的有12户。",
    ),
)
NEEDS = ("整", "大写", "¥")

_CAPITALS = regex.compile(
    r"(?<![零壹贰叁肆伍陆柒捌玖拾佰仟万亿])(?P<whole>[壹贰叁肆伍陆柒捌玖拾][零〇壹贰叁肆伍陆柒捌玖拾佰仟万亿]{0,24})[元圆]"
    r"(?:(?P<jiao>[壹贰叁肆伍陆柒捌玖])角)?(?:零?(?P<fen>[壹贰叁肆伍陆柒捌玖])分)?[整正]?"
)
_AMOUNT = rf"(?P<value>{NUMBER})\s?(?P<scale>万|亿)?元?"
# The two must be tied together by a bracket or by the words 大写, 小写.
_AFTER = regex.compile(
    rf"\s?(?:[(]\s?(?:即|小写)?[:为]?\s?(?:人民币)?\s?¥?|[,;]?\s?小写[:为]?\s?(?:人民币)?\s?¥?|¥)\s?{_AMOUNT}"
)
_BEFORE = regex.compile(rf"(?<![\d.,])¥?\s?{_AMOUNT}\s?[(,;]\s?(?:人民币)?大写[:为]?\s?(?:人民币)?[:]?\s?$")
_AROUND = 48


def find(text: Text) -> Iterator[Finding]:
    """Compares in fen."""
    plain = text.plain
    for capitals in _CAPITALS.finditer(plain):
        other = _AFTER.match(plain, capitals.end(), capitals.end() + _AROUND) or _BEFORE.search(
            plain[max(0, capitals.start() - _AROUND) : capitals.start()]
        )
        if not other:
            continue
        said = _value(capitals)
        figure = Decimal(other["value"].replace(",", "")) * {"万": 10_000, "亿": 10**8}.get(other["scale"], 1)
        if said is not None and said != figure:
            yield RULE.at(
                text,
                capitals.start(),
                capitals.end(),
                note=f"大写为{shown(said)}元，小写为{shown(figure)}元。",
            )


def _value(capitals: regex.Match[str]) -> Decimal | None:
    import cn2an  # 0.1 s, needed on few pages

    try:
        whole = Decimal(cn2an.cn2an(capitals["whole"].replace("〇", "零"), "smart"))
    except ValueError:
        return None
    digits = "零壹贰叁肆伍陆柒捌玖"
    jiao, fen = (digits.index(capitals[part]) if capitals[part] else 0 for part in ("jiao", "fen"))
    return whole + Decimal(jiao * 10 + fen) / 100
