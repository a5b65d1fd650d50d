"""An attack, a killing, a hostage-taking that happened."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detectors.needs import needs
from detectors.rule import Finding, Rule
from detectors.rules.sensitive._event import is_real, once, ranges

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="sensitive.public-security-event",
    title="社会安全事件",
    why="涉及恐怖袭击、恶性刑事案件等社会安全事件，须按重大突发事件的审批路径报批，案情以公安、司法机关的通报为准，不描述作案细节。",
    basis=(
        "《突发事件应对法》第七条：国家建立健全突发事件信息发布制度",
        "《政府信息公开条例》第十四条：公开后可能危及国家安全、公共安全、经济安全、社会稳定的政府信息，不予公开",
    ),
    examples=(
        "3月5日18时许，临江镇⟦发生一起持刀伤人案⟧，嫌疑人已被控制。",
        "当地时间昨日，该国首都⟦发生枪击事件⟧。",
        "5月2日，当地一市场⟦遭恐怖袭击⟧。",
        "昨晚，一男子⟦驾车冲撞人群⟧后逃离，警方正全力侦办。",
        "公安机关组织反恐处突演练，模拟车站发生劫持人质事件。",
        "全县连续三年命案全破，未发生重大刑事案件。",
        "防范恐怖袭击，遇到可疑物品请立即报警。",
        "实施恐怖活动、故意杀人的，依法追究刑事责任。",
        "县检察院发布未成年人保护典型案例。",
    ),
)

_CRIME = re.compile(
    r"发生[^,。;\n]{0,14}?(?:刑事案件|命案|凶杀案|杀人案|枪击|枪战|持刀|砍人|伤人案|伤人事件|爆炸案|劫持|绑架|投毒|纵火|袭击|冲撞|暴恐)[^,。;\n]{0,6}?(?=[,。;\n]|$)"
    r"|遭到?[^,。;\n]{0,8}?(?:恐怖袭击|自杀式袭击|枪击|绑架|劫持)|恐怖袭击(?:事件)?(?=造成|致|已|发生)|自杀式(?:爆炸|袭击)(?=造成|致|已|发生)"
    r"|驾车[^,。;\n]{0,4}?(?:冲撞|撞击|碾压)[^,。;\n]{0,4}?(?:人群|行人|群众|学生)|持刀(?:行凶|砍|捅|伤)[^,。;\n]{0,8}"
)

NEEDS = needs(_CRIME)


def find(text: Text) -> Iterator[Finding]:
    """One note for the page."""
    yield from once(RULE, text, ranges(_CRIME, text.plain), is_real)
