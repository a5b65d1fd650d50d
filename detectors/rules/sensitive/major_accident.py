"""An accident that happened: fire, explosion, collapse, traffic."""

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
    id="sensitive.major-accident",
    title="事故灾难",
    why="涉及事故灾难的信息须按重大突发事件的审批路径报批，口径、伤亡数字以主管部门的权威发布为准，不得自行扩写。",
    basis=(
        "《突发事件应对法》第七条：国家建立健全突发事件信息发布制度",
        "《生产安全事故报告和调查处理条例》第三十四条：事故处理的情况由负责事故调查的人民政府或者其授权的有关部门、机构向社会公布",
        "《安全生产法》第八十六条：事故调查报告应当依法及时向社会公布",
    ),
    examples=(
        "3月5日14时，临江县某化工企业⟦发生爆炸⟧，现场救援正在进行。",
        "昨日凌晨，临江镇一居民楼⟦发生火灾⟧，2人送医。",
        "5月2日，县道X208线⟦发生一起较大道路交通事故⟧，造成3人死亡。",
        "临江县“3·5”⟦较大坍塌事故⟧调查报告近日公布。",
        "3月5日6时20分，高速公路K125处⟦发生多车相撞事故⟧，造成2人死亡。",
        "今晨，一栋在建楼房⟦突然坍塌⟧，有工人被困。",
        "近日，某化工厂⟦液氨泄漏⟧，周边群众已疏散。",
        "3月5日10时许，一艘渔⟦船在附近海域沉没⟧，救援正在进行。",
        "昨晚，临江商场⟦起火⟧，消防救援人员已将火扑灭。",
        "发现燃气泄漏应当立即关闭阀门，开窗通风。",
        "3月5日，两车相撞后车主自行协商，道路已恢复畅通。",
        "市应急局组织开展危化品泄漏事故应急演练，模拟储罐发生爆炸。",
        "要深刻吸取教训，坚决防止发生火灾、爆炸等事故。",
        "一旦发生火灾，请立即拨打119。",
        "生产经营单位发生生产安全事故后，事故现场有关人员应当立即报告本单位负责人。",
        "全年未发生一般以上生产安全事故。",
        "电动自行车违规充电容易发生爆炸，请市民警惕。",
        "交警快速处理一起交通事故，及时恢复道路畅通。",
    ),
)

_KIND = r"(?:火灾|爆炸|燃爆|坍塌|垮塌|塌陷|透水|冒顶|瓦斯|(?<!食物)(?<!农药)中毒|窒息|泄漏|沉船|翻沉|倾覆|脱轨|坠机|坠毁|踩踏|矿难|空难|溃坝|决堤|溺水|触电|高处坠落|大火|连环相撞|相撞|追尾|侧翻|起火)"
_OF = rf"[^,。;\n]{{0,12}}?(?:{_KIND}|交通|燃气)[^,。;\n]{{0,6}}?事故(?=调查|处置|救援|善后|现场|责任|原因|的?通报)"
_ACCIDENT = re.compile(
    rf"发生[^,。;\n]{{0,16}}?{_KIND}(?:[^,。;\n]{{0,8}}事故)?"
    r"|发生[^,。;\n]{0,16}?(?:生产安全|安全生产|重大|较大|特大|特别重大|死亡)[^,。;\n]{0,10}?事故"
    r"|发生[^,。;\n]{0,12}?交通事故"
    rf"|较大{_OF}|重大{_OF}"
    rf"|突发{_KIND}|突然(?:发生)?{_KIND}"
    r"|(?:液氨|氯气|天然气|燃气|煤气|危化品|化学品|原油|硫化氢|甲醇|粗苯|盐酸|硫酸)(?:发生|大量|突然)?泄[漏露](?!报警|检测|探测|监测|监控|应急|处置|防护|风险|时)"
    r"|(?<!古)[船艇轮舟][^,。;\n]{0,8}?(?:沉没|倾覆|翻沉)|(?:起火|失火|着火)(?=[,。;\n])"
)
_ROAD = re.compile("交通|相撞|追尾|侧翻")
_HARM = re.compile(r"死亡|身亡|遇难|受伤|重伤|伤亡|被困|失联|遇险")

NEEDS = needs(_ACCIDENT)


def find(text: Text) -> Iterator[Finding]:
    """One note for the page; a traffic accident counts when somebody was harmed."""
    yield from once(RULE, text, ranges(_ACCIDENT, text.plain), _check)


def _check(plain: str, start: int, end: int) -> bool:
    if not is_real(plain, start, end):
        return False
    if not _ROAD.search(plain, start, end) or "大" in plain[start:end]:
        return True
    return _HARM.search(plain, start, end + 60) is not None
