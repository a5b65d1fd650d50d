"""Material marked as internal: 内部资料 注意保存, 仅供内部参考; and the papers that are internal by kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import regex

from detectors.needs import needs
from detectors.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="disclosure.internal-material",
    title="内部资料字样",
    why="材料注明只供内部使用，或者属于内参、专报一类内部刊物。对外发布前须由制文单位确认可以公开，并去掉这些字样。",
    basis=(
        "《政府信息公开条例》第十六条：行政机关的内部事务信息可以不予公开；讨论记录、过程稿、磋商信函、请示报告等过程性信息可以不予公开",
        "《保守国家秘密法》第六十四条：不属于国家秘密但泄露后会造成一定不利影响的事项，应当采取必要的保护措施",
    ),
    examples=(
        "⟦内部资料　注意保存⟧\n临江县2023年经济运行分析",
        "⟦【内部文件 严禁外传】⟧关于近期工作安排的通知",
        "2024年干部考察工作要点⟦（内部使用）⟧",
        "本材料⟦仅供内部参考⟧，请勿对外提供。",
        "⟦内部资料，请勿外传⟧！",
        "⟦仅供领导参阅⟧\n⟦舆情专报第12期⟧",
        "⟦舆情专报\n第12期⟧\n临江县委网信办",
        "中共临江县财政局党组\n⟦临财党组〔2024〕5号⟧\n关于近期工作安排的通知",
        "骗子谎称掌握“内部资料”，诱导市民转账。",
        "任何人不得将内部资料对外提供。",
        "荐股骗局：以“内部资料、严禁外传”为名拉人入群。",
        "根据《关于加强作风建设的通知》(临财党组〔2024〕5号)要求，现公示如下。",
        "地铁内部使用节能灯具。",
        "停车场仅供内部使用的车位已向社会开放。",
        "该书为内部资料性出版物，准印证号：临内资字第12号。",
    ),
)

_KIND = r"内部(?:资料|文件|材料|刊物|读物|信息|情况|稿件|参考|通报|简报|会议纪要)"
_ORDER = r"(?:请)?(?:注意|妥善|妥为)(?:保存|保管|保密)|(?:请勿|严禁|不得|谨防|切勿|禁止)(?:对外)?(?:外传|外泄|扩散|转发|翻印|上网|泄露|传播|公开)|不(?:对外|公开)(?:发布)?"
_USE = r"(?:仅供|只供|限于?|供|仅限)?内部(?:使用|参考|参阅|掌握|传阅|交流|学习)"
_MARK = regex.compile(
    rf"{_KIND}[ \t,、:;·★—-]{{0,4}}(?:{_ORDER})(?:[ \t,、]{{1,3}}(?:{_ORDER}))?"
    rf"|内部使用[ \t,、]{{0,3}}(?:{_ORDER})"
    r"|(?:仅供|只供|仅限|只限)(?:(?:机关|单位|本单位|系统)?内部|领导|局内|委内|系统内)(?:同志|人员)?(?:参考|参阅|掌握|传阅|学习|交流|决策参考|工作参考)"
)
_BRACKETED = re.compile(rf"[【(\[〔]{_USE}[】)\]〕]|[【(\[〔]{_KIND}[】)\]〕]")
_LINE = re.compile(
    rf"^[ \t]{{0,6}}(?:{_KIND}|{_USE}|(?:领导)?参阅件|呈阅件|签报)[!]?[ \t]{{0,6}}$", re.MULTILINE
)
# The head of an internal bulletin or of a paper of a party group: on lines of their own, in the head.
_BULLETIN = re.compile(
    r"^[ \t]{0,9}(?:[\u4e00-\u9fff]{0,12}(?:内参|专报|要情|签报|呈阅件))[ \t\n]{0,9}[(\[]?(?:(?:19|20)\d\d年)?[ \t]{0,3}第?[ \t]{0,2}\d{1,4}[ \t]{0,2}期[ \t]{0,9}[)\]]?[ \t]{0,9}$"
    r"|^[ \t]{0,20}(?P<number>[\u4e00-\u9fff]{1,8}党组[发字]?[〔\[](?:19|20)\d\d[〕\]][ \t]{0,2}\d{1,4}[ \t]{0,2}号)[ \t]{0,9}$",
    re.MULTILINE,
)
_HEARD = 40  # code points of the same line on each side
_HEAD = 400  # code points: where the head of a bulletin stands
_SEGMENT = "\n\t 【([〔,、;:。★※—·《"
_SAYS = (
    "本资料",
    "本材料",
    "本文件",
    "本刊",
    "此件",
    "本件",
    "本稿",
    "内容",
    "材料",
    "资料",
    "文件",
    "纪要",
    "报告",
)
_HEARSAY = re.compile(r"骗|诈|荐股|所谓|谎称|为名|名义|诱|不得将|不准将|版权|准印证")

NEEDS = needs(_MARK, _BRACKETED, _LINE, _BULLETIN)


def find(text: Text) -> Iterator[Finding]:
    """Marks in the form they have on papers: a segment, a bracket or a line of their own."""
    plain = text.plain
    seen: list[tuple[int, int]] = []
    if "内部" in plain or "供" in plain or "限" in plain:
        for hit in _MARK.finditer(plain):
            if _is_mark(plain, *hit.span()):
                start, end = hit.span()
                bracketed = (
                    start
                    and plain[start - 1] in "【[〔"
                    and plain[end : end + 1] in "】]〕"
                    and plain[end : end + 1]
                )
                seen.append((start - 1, end + 1) if bracketed else (start, end))
        seen += [hit.span() for hit in _BRACKETED.finditer(plain) if not _hearsay(plain, *hit.span())]
    for form in (_LINE, _BULLETIN):
        for hit in form.finditer(plain, 0, min(len(plain), text.plain_title_end + _HEAD)):
            start, end = hit.span("number") if form is _BULLETIN and hit["number"] else hit.span()
            start, end = _stripped(plain, start, end)
            seen.append((start, end))
    last = -1
    for start, end in sorted(seen):
        if start >= last:
            yield RULE.at(text, start, end)
            last = end


def _is_mark(plain: str, start: int, end: int) -> bool:
    own = start == 0 or plain[start - 1] in _SEGMENT or plain.endswith(_SAYS, max(0, start - 4), start)
    return own and not _hearsay(plain, start, end)


def _hearsay(plain: str, start: int, end: int) -> bool:
    """Told about others: a fraud's bait, a prohibition."""
    first = max(0, start - _HEARD, plain.rfind("\n", max(0, start - _HEARD), start) + 1)
    stop = plain.find("\n", end, end + _HEARD)
    return _HEARSAY.search(plain, first, stop if stop >= 0 else end + _HEARD) is not None


def _stripped(plain: str, start: int, end: int) -> tuple[int, int]:
    piece = plain[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
