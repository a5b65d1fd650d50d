"""Something passed on because people say so: 网传, 据网友爆料."""

import re
from collections.abc import Iterator

from detectors.needs import needs
from detectors.rule import Finding, Rule
from detectors.text import Text

RULE = Rule(
    id="source.hearsay",
    title="以传闻为依据",
    why="“网传”“据网友爆料”不是信息来源。政府发布以传闻为依据，等于替未经核实的说法背书。",
    basis=(
        "《宜君县政府网站与政务新媒体管理细则（征求意见稿）》第十二条（二）：不得发布来源不明信息",
        "《福州市政府网站管理暂行办法》第八条：及时准确公开政务信息",
    ),
    examples=(
        "据网友⟦爆料⟧，青禾路将于下月拓宽。",
        "近日，⟦网传⟧我县将新增两所高中，请家长关注。",
        "有⟦小道消息⟧称，补贴标准还会提高。",
        "据⟦网上传言⟧，青禾一中将搬迁。",
        "针对网传“青禾路停水三天”，经核实为不实信息。",
        "网民不要轻信网传消息，请以官方发布为准。",
        "数据传输速率提高一倍，物联网传感器覆盖全域。",
        "根据网友建议，我局优化了公交线路。",
    ),
)

_SAYING = re.compile(
    r"爆料(?<=网友爆料)|小道消息|坊间传闻|坊间传言|网上传言|网络传言|据传闻|据传(?=,)"
    r"|网传(?<![联官电本外内局该全专国地市省县]网传)(?![播感输媒统真送导递染动热达来])"
)
# A page that contradicts, checks or warns has a source of its own.
_DENIAL = re.compile(
    r"谣|不实|虚假|不属实|失实|核实|核查|调查|轻信|不信|勿信|不传|子虚乌有|澄清|回应|反诈|诈骗|并非|官方"
)

NEEDS = needs(_SAYING)


def find(text: Text) -> Iterator[Finding]:
    """Silent on pages that deny the rumour or tell how it was checked."""
    plain = text.plain
    hits = list(_SAYING.finditer(plain))
    if hits and not _DENIAL.search(plain):
        yield from (RULE.at(text, *hit.span()) for hit in hits)
