"""Bank cards and passbooks of persons: UnionPay and Luhn, or a label; accounts of units are public."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.pii import PRIVATE_ACCOUNT
from detectors.rule import Rule
from detectors.rules.pii._page import Hit, page_of, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.bank-card",
    title="个人银行卡号",
    why="银行卡号属于金融账户信息，是敏感个人信息，公开后可能造成财产损失。发放名单只需姓名和金额；确需核对的，只保留前6位和后4位。",
    basis=(
        "《中华人民共和国个人信息保护法》第二十八条",
        "《中华人民共和国个人信息保护法》第二十五条",
        "《中华人民共和国政府信息公开条例》第十五条",
    ),
    examples=(
        "补贴已打入户主卡号⟦6222021234567890128⟧。",
        "领款人周小满，开户行：城东支行，账号：⟦6228 4804 0256 4890 018⟧。",
        "惠农一卡通账号：⟦8010123456789⟧，请核对。",
        "退款至本人卡号⟦62220212-34567890-128⟧。",
        "户名：某县财政局，开户行：城东支行，账号：6222021234567890128。",
        "投标保证金请汇入某工程有限公司账户6228480402564890018。",
        "流水号6222021234567890128，可在系统中查询。",
        "卡号622202*********0128的持卡人请携证件领取。",
    ),
    private=True,
)


def find(text: Text) -> Iterator[Finding]:
    """Cards by arithmetic, accounts by label."""
    page = page_of(text)
    hits = list(page.hits["bank-card"])
    if any(word in text.plain for word in ("账", "帐", "卡号", "一卡通", "存折")):
        taken = {at for hit in hits for at in range(hit.start, hit.end)}
        hits += (
            Hit(start, end, number)
            for start, end, number in PRIVATE_ACCOUNT.find(text.plain)
            if taken.isdisjoint(range(start, end))
        )
    yield from report(RULE, text, sorted(hits))
