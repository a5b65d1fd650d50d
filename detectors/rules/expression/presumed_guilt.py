"""Somebody is called a criminal before a court has said so."""

import re
from collections.abc import Iterator

import regex

from detectors.rule import Finding, Rule
from detectors.text import Text

RULE = Rule(
    id="expression.presumed-guilt",
    title="未经判决称为罪犯",
    why="未经人民法院判决，对任何人都不得确定有罪。抓获、立案、起诉阶段应称“犯罪嫌疑人”（起诉后称“被告人”），否则侵害他人权益。",
    basis=(
        "《中华人民共和国刑事诉讼法》第十二条：未经人民法院依法判决，对任何人都不得确定有罪",
        "新华社《新闻信息报道中的禁用词和慎用词》（2016年7月修订）：法院宣判前不使用“罪犯”",
    ),
    examples=(
        "警方当天抓获⟦罪犯→犯罪嫌疑人⟧3名。",
        "涉嫌盗窃的⟦犯罪分子→犯罪嫌疑人⟧张某被刑事拘留。",
        "民警将⟦杀人犯→犯罪嫌疑人⟧李某抓捕归案。",
        "⟦犯罪分子→犯罪嫌疑人⟧张某被当场抓获，已刑事拘留。",
        "警方当天抓获⟦贩毒分子→犯罪嫌疑人⟧2名。",
        "凡是犯罪分子必将被抓获归案，接受法律制裁。",
        "警方当天抓获犯罪嫌疑人3名。",
        "监狱组织罪犯开展劳动技能培训。",
        "抓获脱逃罪犯，恢复执行刑罚。",
        "依法惩处犯罪分子，法院对罪犯王某作出裁定。",
        "依法严厉打击犯罪分子的嚣张气焰。",
    ),
)
NEEDS = ("犯", "凶手", "毒分子")

_WHO = r"(?P<who>罪犯|犯罪分子|贩毒分子|犯人|杀人犯|强奸犯|诈骗犯|盗窃犯|抢劫犯|杀人凶手|凶手)"
_CAUGHT = regex.compile(
    rf"(?:抓获|抓捕|刑拘|刑事拘留|批捕|逮捕|传唤|控制|将)(?:了)?(?:\d{{1,4}}名|[一二两三四五六七八九十]{{1,3}}名|涉嫌[\u4e00-\u9fff]{{2,8}}的|团伙|主要|全部|该案|涉案){{0,3}}{_WHO}(?![罪的])"
    rf"|涉嫌[\u4e00-\u9fff]{{2,10}}的?{_WHO.replace('who', 'who2')}(?!罪)"
    rf"|(?<![\u4e00-\u9fff])(?:该|一名|两名|\d名)?{_WHO.replace('who', 'who3')}(?:[\u4e00-\u9fff]某{{0,2}})?被(?:当场|成功|警方|民警|公安机关|依法)*(?:抓获|抓捕|刑拘|刑事拘留|批捕|逮捕)"
)
_JUDGED = regex.compile(
    r"在逃|脱逃|逃脱|越狱|服刑|刑满|判处|判决|刑罚|监狱|看守所|社区矫正|减刑|假释|裁定|终审|死刑|人民法院|缓刑|收监|法律|条例|规定"
)
_CAUGHT_LATER = re.compile(r"[^,。;\n]{0,8}(?:抓获|抓捕|归案|拘留|逮捕|落网)")


def find(text: Text) -> Iterator[Finding]:
    """Words of guilt beside words of an investigation; silent where a judgment is told."""
    plain = text.plain
    for hit in _CAUGHT.finditer(plain):
        who = next(name for name in ("who", "who2", "who3") if hit[name])
        start, end = hit.span(who)
        if hit[0].startswith("将") and not _CAUGHT_LATER.match(plain, end):
            continue
        if not _JUDGED.search(plain, max(0, start - 40), end + 40):
            yield RULE.at(text, start, end, "犯罪嫌疑人")
