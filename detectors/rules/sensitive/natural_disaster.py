"""A natural disaster that happened: quake, flood, landslide, typhoon, forest fire."""

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
    id="sensitive.natural-disaster",
    title="自然灾害",
    why="涉及灾情的信息须按重大突发事件的审批路径报批，灾情数据以应急、水利、自然资源、气象、地震部门核定的为准。",
    basis=(
        "《突发事件应对法》第七条：国家建立健全突发事件信息发布制度",
        "《政府信息公开条例》第二十条：主动公开突发公共事件的应急预案、预警信息及应对情况",
    ),
    examples=(
        "6月12日，临江县⟦遭遇特大暴雨⟧，多个乡镇受灾。",
        "据测定，3月5日8时12分临江县⟦发生4.6级地震⟧。",
        "受强降雨影响，7月3日清江乡⟦发生山体滑坡⟧，道路中断。",
        "截至目前，洪涝灾害造成全县12个乡镇⟦受灾人口2.3万人⟧。",
        "县防汛抗旱指挥部于6月12日8时⟦启动防汛Ⅳ级应急响应⟧。",
        "7月5日，清江⟦水库出现险情⟧，下游群众正在转移。",
        "昨日，临江县⟦突降暴雨⟧，多处道路被淹。",
        "7月5日，清江乡⟦突发泥石流⟧，国道中断。",
        "水库出现险情时，应当立即报告并组织抢护。",
        "我县开展森林火灾扑救演练，模拟清江乡发生山火。",
        "第16个全国防灾减灾日，县应急局普及地震避险知识。",
        "为有效应对可能发生的山洪、泥石流灾害，各地加强值守。",
        "县地质灾害防治条例规定，发生地质灾害险情时应当及时报告。",
        "全县新建防洪堤12公里，防洪能力明显提升。",
        "台风路径实时发布系统上线运行。",
    ),
)

_KIND = r"(?:地震|泥石流|滑坡|崩塌|山洪|洪水|洪涝|洪灾|内涝|森林火灾|草原火灾|山火|龙卷风|海啸|堰塞湖|雪崩|冰雹灾害|地质灾害|旱灾|雪灾|风暴潮|决口|管涌|溃口)"
_DISASTER = re.compile(
    rf"发生[^,。;\n]{{0,14}}?{_KIND}"
    r"|遭遇[^,。;\n]{0,8}?(?:暴雨|洪水|洪涝|台风|冰雹|山洪|旱情|干旱|雪灾|龙卷风|地震|强降雨)|遭受[^,。;\n]{0,10}?(?:暴雨|洪水|洪涝|台风|冰雹|山洪|干旱|雪灾|龙卷风|地震|灾害)"
    rf"|突发[^,。;\n]{{0,6}}?{_KIND}|突降[^,。;\n]{{0,4}}?(?:暴雨|大雨|冰雹|暴雪)"
    r"|(?:水库|大坝|河堤|堤防|堤坝|淤地坝)[^,。;\n]{0,6}?(?:出现|发生)[^,。;\n]{0,6}?(?:险情|管涌|溃口|决口|漫坝|渗漏)"
    r"|受灾(?:人口|群众|面积|农作物)[^,。;\n]{0,10}?\d[\d.]*万?(?:余|多)?(?:人|户|亩|公顷)"
    r"|启动[^,。;\n]{0,16}?(?:防汛|抗旱|防台风|防风|地震|地质灾害|救灾|自然灾害|森林防灭火|森林火灾|低温雨雪)[^,。;\n]{0,10}?响应"
    r"|紧急转移(?:安置)?(?:群众|受灾群众|人员|居民|村民)?[^,。;\n]{0,4}?\d[\d.]*万?(?:余|多)?(?:人|户|名)"
)

NEEDS = needs(_DISASTER)


def find(text: Text) -> Iterator[Finding]:
    """One note for the page."""
    yield from once(RULE, text, ranges(_DISASTER, text.plain), is_real)
