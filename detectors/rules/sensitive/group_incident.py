"""People gathering against somebody: petitions in groups, strikes, blockades."""

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
    id="sensitive.group-incident",
    title="群体性事件",
    why="涉及群体性事件的表述容易引发聚集和炒作，一般不主动发布；确需发布的，须经主要领导审批，并与宣传、信访、公安部门统一口径。",
    basis=(
        "《政府信息公开条例》第十四条：公开后可能危及国家安全、公共安全、经济安全、社会稳定的政府信息，不予公开",
        "《政府信息公开条例》第六条：发现影响或者可能影响社会稳定、扰乱社会和经济管理秩序的虚假或者不完整信息的，应当发布准确的政府信息予以澄清",
    ),
    examples=(
        "3月5日上午，30余名业主到县政府门前⟦集体上访⟧，信访局已接访。",
        "昨日，部分出租车司机⟦集体停运⟧，交通部门已约谈企业。",
        "5月2日，20余名工人⟦聚集讨薪⟧，人社局现场协调。",
        "当地时间3日，首都数千人举行⟦示威游行⟧。",
        "近日个别村民⟦围堵施工现场⟧，乡政府派员劝离。",
        "3月5日上午，200余名业主⟦聚集在县政府门口维权⟧。",
        "昨日，附近村民⟦堵路阻工⟧，要求停建项目。",
        "依法打击强揽工程、堵路阻工等违法行为。",
        "全年未发生群体性事件和集体上访。",
        "制定群体性事件应急预案，开展处置演练。",
        "严禁组织集体罢工、非法集会，违者依法处理。",
        "元宵节花车游行吸引上万游客。",
        "防范化解矛盾纠纷，严防发生群体性事件。",
        "根治欠薪专项行动启动，畅通讨薪维权渠道。",
    ),
)

_AGAINST = r"[^,。;\n]{0,6}?(?:政府|大门|机关|施工|工地|道路|单位|售楼|医院|学校|路口|公司)[^,。;\n]{0,2}"
# Each begins with a bare letter: `re` looks for the first letters only.
_GATHERING = re.compile(
    r"集体上访|集体访(?!谈|问)|越级上访|进京上访|群体性事件|群体性上访|非法聚集|聚集讨薪|聚集维权|聚集上访|聚集闹事|聚集抗议|聚众闹事|聚众冲击|聚众滋事"
    r"|集体停运|集体罢工|集体讨薪|集体维权|集体停工|集体请愿|拉横幅|打横幅|聚集[在到于][^,。;\n]{0,14}?(?:维权|讨薪|上访|抗议|讨说法|示威)|堵路(?:阻工|维权|抗议|讨薪)|阻工(?=[,。;])|静坐抗议|静坐示威|堵塞[^,。;\n]{0,4}?(?:大门|国道|交通要道)"
    rf"|围堵{_AGAINST}|示威(?:游行|活动)?|罢工(?<!“罢工)(?:游行|活动)?|罢市|罢课|游行示威|大规模抗议(?:活动)?|集会抗议|抗议集会|抗议(?:活动|示威|游行)"
)

NEEDS = needs(_GATHERING)


def find(text: Text) -> Iterator[Finding]:
    """One note for the page."""
    yield from once(RULE, text, ranges(_GATHERING, text.plain), is_real)
