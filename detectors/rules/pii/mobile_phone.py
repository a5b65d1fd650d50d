"""Mobile numbers of private persons; those of a contact at work are another rule's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.rule import Example, Rule
from detectors.rules.pii._page import page_of, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.known import Known
    from detectors.rule import Find, Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.mobile-phone",
    title="个人手机号码",
    why="手机号与支付、社交账号绑定，公开后当事人会受到骚扰和诈骗。应删去，或写成138****1234的形式；办公电话、服务热线可以公开。",
    basis=(
        "《中华人民共和国民法典》第一千零三十四条",
        "《中华人民共和国个人信息保护法》第二十五条",
        "《中华人民共和国政府信息公开条例》第十五条",
    ),
    examples=(
        "申请人李小满，手机⟦138 0013 8000⟧，现住城东社区。",
        "来电人反映路灯不亮，其本人号码为⟦139-0000-1234⟧，请尽快处理。",
        "户主电话：⟦一三八〇〇一三八〇〇〇⟧。",
        "户主张三⟦13800138000⟧，来电反映两次。",
        "走失老人家属电话+⟦86 13900001234⟧，身着蓝色外套。",
        Example("<p>投诉人电话：⟦138<span>0013</span>8000⟧</p>", format="html"),
        "联系人：王工，联系电话：13800138000。",
        "监督电话：0990-1234567；服务热线：12345、95598、400-123-4567。",
        "准考证号：13800138000，请核对后打印。",
        "编号FZ13800138000号诉求件已办结，订单号13900001234。",
        "申请人手机号138****8000，请保持畅通。",
        "当年投入13800138000元，用于村道改造。",
    ),
    private=True,
)


def prepare(known: Known) -> Find:
    """The unit's own public numbers are none of these."""

    def find(text: Text) -> Iterator[Finding]:
        hits = page_of(text).hits["mobile-phone"]
        yield from report(RULE, text, (hit for hit in hits if hit.number not in known.public_phones))

    return find
