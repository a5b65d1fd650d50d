"""A mobile number given as the contact of an office: usually consented to, better an office line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.pii import bare, is_mobile
from detectors.rule import Example, Rule
from detectors.rules.pii._page import page_of, report, together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.known import Known
    from detectors.rule import Find, Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.contact-mobile",
    title="以个人手机作联系电话",
    why="公告留工作人员个人手机号，须经本人同意；人员变动后号码仍留在网上，群众打不通，本人受打扰。建议换成办公固定电话。",
    basis=(
        "《中华人民共和国个人信息保护法》第二十五条",
        "《中华人民共和国政府信息公开条例》第二十条",
    ),
    examples=(
        "报名咨询请联系现场负责人（李工：⟦138-0013-8000⟧）。",
        "招标公告\n采购人：某县中学，项目联系人：赵老师，电话：⟦13900001234⟧。",
        Example('<a href="⟦tel:13800138000⟧">报名请点这里</a>', format="html"),
        Example('<a href="tel:0990-2345678">监督电话</a>', format="html"),
        "监督电话：0990-1234567。",
        "报名联系电话：0990-1234567、12345。",
        "投诉人本人手机13800138000，家住城东社区。",
    ),
    private=True,
)

_NOTE = "如系工作联系电话，建议改为办公固定电话；确需保留的，应经本人同意。"


def prepare(known: Known) -> Find:
    """The unit's own public numbers are none of these. The same number is reported once, with all its places."""

    def find(text: Text) -> Iterator[Finding]:
        hits = together(
            hit for hit in page_of(text).hits["contact-mobile"] if hit.number not in known.public_phones
        )
        yield from report(RULE, text, (hit._replace(note=_NOTE) for hit in hits))
        for link in text.links:
            number = bare(link.target.removeprefix("tel:"))
            if link.target.startswith("tel:") and is_mobile(number) and number not in known.public_phones:
                yield RULE.at_source(text, link.span, note="拨号链接中的号码。" + _NOTE)

    return find
