"""A sentence of death, passed or carried out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detectors.needs import needs
from detectors.rule import Finding, Rule
from detectors.rules.sensitive._event import is_stated, once, ranges, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="sensitive.death-penalty",
    title="死刑案件",
    why="涉及死刑判决、执行的信息社会关注度高，须以人民法院发布的为准，报主要领导审批，不渲染细节。",
    basis=(
        "《政府信息公开条例》第十四条：公开后可能危及国家安全、公共安全、经济安全、社会稳定的政府信息，不予公开",
        "《政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
    ),
    examples=(
        "5月2日，市中级人民法院一审以故意杀人罪⟦判处被告人李某死刑⟧。",
        "经最高人民法院核准，罪犯王某今日被⟦执行死刑⟧。",
        "临江市中级人民法院对周某受贿案作出判决，⟦判处死刑，缓期二年执行⟧。",
        "造成他人死亡的，处十年以上有期徒刑、无期徒刑或者死刑。",
        "判处死刑立即执行的案件，应当由最高人民法院核准。",
        "纪录片讲述废除死刑的国际讨论。",
        "死刑复核程序专题培训班开班。",
        "处三年以上十年以下有期徒刑。",
    ),
)

_SENTENCE = re.compile(
    r"判处(?:被告人|罪犯)?[^,。;\n]{0,10}?死刑(?:,缓期(?:二|两)年执行)?|执行死刑|判处其死刑"
)
_GENERAL = re.compile(
    r"应当|可以判处|可能判处|不得|的案件|的罪犯|的,|核准权|或者死刑|、死刑|复核程序|适用|规定"
)

NEEDS = needs(_SENTENCE)


def find(text: Text) -> Iterator[Finding]:
    """One note for the page; statutes and general words about the penalty are not it."""
    yield from once(RULE, text, ranges(_SENTENCE, text.plain), _check)


def _check(plain: str, start: int, end: int) -> bool:
    first, last = sentence(plain, start, end)
    return is_stated(plain, start, end) and _GENERAL.search(plain, first, last) is None
