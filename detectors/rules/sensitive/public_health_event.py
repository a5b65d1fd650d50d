"""A public-health event that happened: outbreak, cases, mass poisoning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from detectors.needs import needs
from detectors.rule import Finding, Rule
from detectors.rules.sensitive._event import is_real, once, ranges

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="sensitive.public-health-event",
    title="公共卫生事件",
    why="涉及疫情、食物中毒等公共卫生事件，须按重大突发事件的审批路径报批，病例数以卫生健康、疾控部门发布的为准，不得透露病人身份。",
    basis=(
        "《突发事件应对法》第七条：国家建立健全突发事件信息发布制度",
        "《政府信息公开条例》第六条：发现影响或者可能影响社会稳定、扰乱社会和经济管理秩序的虚假或者不完整信息的，应当发布准确的政府信息予以澄清",
        "《个人信息保护法》第二十八条：医疗健康信息属于敏感个人信息",
    ),
    examples=(
        "3月5日，我县⟦新增确诊病例2例⟧，均已隔离治疗。",
        "昨日，临江镇中心小学⟦发生疑似食物中毒⟧，12名学生送医。",
        "近日，清江乡一养殖场⟦发生非洲猪瘟疫情⟧，已扑杀生猪86头。",
        "截至5月2日，该校累计⟦报告诺如病毒感染病例31例⟧。",
        "近日，临江一中⟦多名学生出现呕吐⟧、腹泻症状，县疾控中心已介入。",
        "孩子出现呕吐、腹泻等症状，应当及时就医。",
        "县疾控中心举办突发公共卫生事件应急处置培训班。",
        "夏季谨防食物中毒，生熟食品要分开存放。",
        "组织开展非洲猪瘟疫情应急演练，模拟某养殖场发生疫情。",
        "学校应当建立食物中毒事故应急处置机制。",
        "全市未发生重大动物疫情。",
        "义诊活动服务群众300人次，筛查高血压病例26例。",
    ),
)

_DISEASE = r"(?:新冠|流感|禽流感|诺如|霍乱|鼠疫|炭疽|登革热|麻疹|手足口|猴痘|出血热|脊髓灰质炎|水痘|结核|狂犬病|布病|布鲁氏菌|本土|感染者?|确诊|疑似|无症状)"
_CASES = regex.compile(
    rf"新增[^,。;\n]{{0,14}}?{_DISEASE}[^,。;\n]{{0,10}}?\d+例|报告[^,。;\n]{{0,14}}?{_DISEASE}[^,。;\n]{{0,12}}?\d+例|发现[^,。;\n]{{0,8}}?\d+例[^,。;\n]{{0,10}}?{_DISEASE}[^,。;\n]{{0,6}}"
    rf"|报告\d+例[^,。;\n]{{0,12}}?{_DISEASE}[^,。;\n]{{0,6}}|新增\d+例[^,。;\n]{{0,12}}?{_DISEASE}[^,。;\n]{{0,6}}|确诊病例[^,。;\n]{{0,4}}?\d+例"
    r"|(?:多名|数名|\d名|部分)[^,。;\n]{0,10}?(?:学生|师生|群众|员工|村民|居民|儿童|幼儿|游客|顾客|旅客)[^,。;\n]{0,8}?出现[^,。;\n]{0,8}?(?:呕吐|腹泻|发热|中毒)"
    r"|发生[^,。;\n]{0,14}?(?:食物中毒|集体中毒|聚集性疫情|聚集性病例|疫情|集体腹泻|传染病)|暴发[^,。;\n]{0,12}?(?:疫情|流感|霍乱|病毒|传染病)"
    r"|出现[^,。;\n]{0,12}?(?:聚集性(?:疫情|病例|呕吐|腹泻|发热)|集体(?:呕吐|腹泻|发烧|中毒)|食物中毒)"
)

NEEDS = needs(_CASES)


def find(text: Text) -> Iterator[Finding]:
    """One note for the page."""
    yield from once(RULE, text, ranges(_CASES, text.plain), is_real)
