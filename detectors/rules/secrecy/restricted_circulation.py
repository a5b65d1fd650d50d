"""Words that limit who may hold a paper: 会后收回, 阅后即焚, 不得翻印, 知悉范围."""

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
    id="secrecy.restricted-circulation",
    title="限制知悉范围的字样",
    why="文件写明了要收回、不得翻印或只限一定范围知悉，与上网公开相抵触，须先查明文件性质。",
    basis=(
        "《保守国家秘密法》第二十一条：国家秘密的知悉范围，应当根据工作需要限定在最小范围",
        "《政府信息公开条例》第十七条：依照《中华人民共和国保守国家秘密法》以及其他法律、法规和国家有关规定对拟公开的政府信息进行审查",
    ),
    examples=(
        "2024年全县维稳工作会议材料之二⟦(会后收回)⟧",
        "⟦阅后即焚⟧\n各专班负责同志：",
        "⟦此件不得翻印、不得上网⟧。",
        "⟦知悉范围⟧：县委常委，各乡镇党委书记",
        "⟦本通知仅限县处级以上干部范围内传达⟧，不得向社会公开。",
        "⟦【涉密文件】⟧\n关于开展专项工作的通知",
        "⟦涉密文件　注意保管⟧\n关于开展专项工作的通知",
        "⟦本材料仅限县委常委范围内阅知⟧。",
        "⟦以上内容严禁在微信群转发⟧。",
        "⟦阅后即毁⟧\n各专班负责同志：",
        "涉密会议材料应当会后收回，不得擅自复印、留存。",
        "版权所有，未经许可不得翻印、转载。",
        "定密责任人应当在确定密级的同时确定知悉范围。",
        "该应用主打“阅后即焚”的聊天功能，专家提醒注意取证。",
        "答题卡会后收回，不得带出考场。",
        "严禁通过微信传递涉密文件，做到涉密不上网、上网不涉密。",
    ),
)

# What every form below holds; a look at these first keeps most pages cheap. (Each begins with a bare letter:
# an optional one or a group at the head makes `re` seven times slower.)
_CUE = re.compile(
    "收回|收缴|退回|清退|交回|销毁|焚|即毁|翻印|复印|外传|外泄|扩散|涉密[文资材]|机要|密件|传阅|知悉|范围内?[传阅知掌]|微信|qq|朋友圈|转发|上网|上互联网"
)
_CALL = (
    r"(?:会后|阅后|用后|看后)[ \t]{0,2}(?:即?请?(?:收回|收缴|退回|清退|交回|归还|销毁|即焚)|即[焚毁])"
    r"|(?:请勿|不得|严禁|禁止|不准)(?:擅自)?(?:翻印|复印|上网|上互联网|外传|外泄|扩散)"
    r"(?:[、,和](?:请勿|不得|严禁|禁止|不准)?(?:翻印|复印|复制|转发|转载|上网|外传|扩散|拍照|留存)){0,4}"
    r"|涉密(?:文件|资料|材料)|机要文?件|密件|传阅件"
)
_MORE = rf"{_CALL}|请?(?:注意|妥善)保[管密存]"
_PAPER = r"[此本](?:件|文件|材料|资料|通知|方案|稿)"
# Bracketed, or a line of its own, or said of this very paper.
_FORMS = regex.compile(
    rf"[【\[(〔](?:{_CALL})(?:[,、 \t](?:{_MORE})){{0,2}}[!。]?[】\])〕]"
    rf"|(?m:^)[ \t]{{0,9}}(?P<line>[★※]?(?:{_CALL})(?:[,、 \t]{{1,3}}(?:{_MORE})){{0,2}})(?=[!。]?[ \t]{{0,9}}(?m:$))"
    rf"|(?P<paper>(?:{_PAPER}|以上内容)(?:未经(?:批准|同意|许可),?)?(?:请勿|不得|严禁|禁止|不准|不许)(?:擅自)?"
    r"(?:翻印|复印|复制|转发|上网|上互联网|外传|外泄|扩散|公开|(?:在|通过)(?:互联网|微信群?|qq群?|朋友圈|网络|网上)(?:上|中|里)?(?:转发|传播|传递|发布|传输|谈论)?)"
    r"(?:[、,和或](?:请勿|不得|严禁|禁止|不准)?(?:翻印|复印|复制|转发|转载|上网|外传|扩散|拍照|留存)){0,4})"
    rf"|(?P<limited>(?:{_PAPER}|会议精神)(?:只|仅)限(?:于)?[^,。;:!?\n\"“”]{{2,24}}范围内?(?:传达|阅读|传阅|阅知|知悉|知晓|掌握))"
    r"|(?m:^)[ \t【\[(]{0,9}(?P<known>知悉范围)[】\])]?(?=[: ][ \t]{0,3}(?!是|指|即)\S)"
)
_AROUND = 60  # code points on each side of a cue; every form is shorter

NEEDS = needs(_FORMS)


def find(text: Text) -> Iterator[Finding]:
    """Limits in the form they have on papers; rules and lessons speak of them in sentences."""
    plain, done = text.plain, 0
    for cue in _CUE.finditer(plain):
        if cue.start() < done:
            continue
        stop = plain.find("\n", cue.end(), cue.end() + _AROUND)
        last = stop if stop >= 0 else min(len(plain), cue.end() + _AROUND)
        for form in _FORMS.finditer(plain, max(done, cue.start() - _AROUND), last):
            yield RULE.at(text, *form.span(form.lastgroup or 0))
        done = last
