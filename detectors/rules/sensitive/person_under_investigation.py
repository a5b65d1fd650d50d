"""A person under investigation or punished by the party."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import regex

from detectors.needs import needs
from detectors.rule import Finding, Rule
from detectors.rules.sensitive._event import is_stated, once, ranges, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="sensitive.person-under-investigation",
    title="人员被查处",
    why="涉及人员接受审查调查、被开除等信息，须与纪检监察机关的通报完全一致；当事人的职务、罪名表述错误会造成侵权和舆情。",
    basis=(
        "《政府信息公开条例》第十四条：公开后可能危及国家安全、公共安全、经济安全、社会稳定的政府信息，不予公开",
        "《行政处罚法》第五十条：对实施行政处罚过程中知悉的国家秘密、商业秘密或者个人隐私，应当依法予以保密",
    ),
    examples=(
        "临江县水利局原局长周某某⟦涉嫌严重违纪违法⟧，目前正接受纪律审查和监察调查。",
        "日前，县纪委监委对其⟦立案审查调查⟧。",
        "经县委批准，给予其⟦开除党籍处分⟧，由县监委给予开除公职处分。",
        "该公司原董事长⟦被“双开”⟧。",
        "5月2日，县人民检察院⟦以涉嫌受贿罪对其作出逮捕⟧决定。",
        "临江县水利局原局长周某某⟦因受贿罪被判处⟧有期徒刑十年。",
        "犯受贿罪被判处刑罚的，依法开除公职。",
        "党员受到开除党籍处分，五年内不得重新入党。",
        "坚决查处群众身边的腐败问题，严肃查办严重违纪违法案件。",
        "全市纪检监察机关上半年立案1203件。",
        "组织党员干部观看警示教育片，以案为鉴。",
        "涉嫌犯罪的，依法移送司法机关处理。",
    ),
)

_CASE = regex.compile(
    r"涉嫌(?:严重)?(?:违纪违法|违纪|职务违法|职务犯罪)(?=[^。\n]{0,40}(?:接受|被|调查|审查|立案))|严重违纪违法(?=[^。\n]{0,20}(?:被(?:立案|查|开除)|受到|接受))"
    r"|接受[^。,;\n]{0,24}?(?:纪律审查|监察调查|审查调查)|立案审查调查|采取留置措施|被留置|被采取留置|开除党籍(?:处分|和公职|、)|开除党籍,|被[“\"]?双开[”\"]?|相继落马|纷纷落马|应声落马"
    r"|(?:因|以)(?:犯)?(?:受贿|贪污|滥用职权|玩忽职守|挪用公款|行贿)罪[^。;\n]{0,16}?(?:被?判处|获刑)"
    r"|作出(?:批准)?逮捕决定|以涉嫌(?:受贿|贪污|滥用职权|玩忽职守|挪用公款|行贿)[^。;\n]{0,30}?(?:逮捕|提起公诉)"
)
_GENERAL = re.compile(
    r"坚决|一律|凡是|严肃查[办处]|力度|人次|件\d|\d件|\d+名|五年内|应当|的,(?:由|依)|典型案例汇编"
)

NEEDS = needs(_CASE)


def find(text: Text) -> Iterator[Finding]:
    """One note for the page; general words about discipline and statistics are not it."""
    yield from once(RULE, text, ranges(_CASE, text.plain), _check)


def _check(plain: str, start: int, end: int) -> bool:
    first, last = sentence(plain, start, end)
    return is_stated(plain, start, end) and _GENERAL.search(plain, first, last) is None
