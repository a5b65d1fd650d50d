"""A source that names nobody: 来源：网络, 综合整理, 百度."""

import re
from collections.abc import Iterator

import regex

from detectors.rule import Example, Finding, Rule
from detectors.rules.source._printed import head, sources
from detectors.text import About, Text, fold

RULE = Rule(
    id="source.unnamed-source",
    title="来源不明",
    why="“来源：网络”“综合整理”等于没有来源：内容由谁发布、是否属实、能否转载都无从核对。",
    basis=(
        "《宜君县政府网站与政务新媒体管理细则（征求意见稿）》第十二条（二）：不得发布来源不明信息",
        "《宜君县政府网站与政务新媒体管理细则（征求意见稿）》第十七条（三）：原则上只转载党委和政府网站以及有关主管部门确定的稿源单位发布的信息",
    ),
    examples=(
        "夏季防暑小知识\n来源：⟦网络⟧\n入伏以后，气温升高。",
        "（来源：⟦综合整理⟧）",
        "信息来源：⟦百度百科⟧ 编辑：陈一禾",
        "以上内容⟦来源于网络⟧，仅供参考。",
        "【⟦转自网络⟧】立夏时节话养生",
        Example("⟦夏季防暑小知识⟧\n入伏以后，气温升高。", about=About(source_name="互联网", complete=True)),
        "⟦素材来源：网络⟧",
        "⟦图片：网络⟧　⟦文字：网络⟧",
        "来源：⟦综合自网络⟧",
        "数据来源：网络安全中心",
        "来源：综合新华社、人民日报报道",
        "来源：云山县互联网信息办公室",
        "来源：网信云山",
        "经查，该诈骗团伙的客户资料来源于网络黑市。",
        "孩子的压力有时来自网络，家长应当多陪伴。",
    ),
)
_NOBODY = r"(?:来自)?(?:网络|互联网|网上|因特网|全网|各大网站|网友|网民|朋友圈|微信群|微信|qq群|微博|百度(?:百科|知道|文库|搜索)?|搜索引擎|未知|不详|佚名|其他|其它|本站整理|综合|转载)"
_NAME = re.compile(
    rf"{_NOBODY}(?:(?:综合|资料|信息|内容|平台|转载|收集|搜集|编辑)?整理|综合|搜集|收集|转载)?|(?:网络|综合)(?:综合|整理|编辑)+|综合自?(?:网络|互联网)"
)
_ANY_PROSE = re.compile("[自源于](?:网络|互联网)")
_PROSE = re.compile(
    r"(?:来源于?|来自|转自|转载自|摘自|源自)(?:网络|互联网)(?:整理|收集|综合)?(?=[,。;)】\]\s]|$)"
)
_OF_A_PART = regex.compile(
    r"(?<![\u4e00-\u9fff])(?:素材|资料|图片|文字|视频|图文|配图|数据)(?:来?源|源自|来自)?:[ ]{0,2}(?:网络|互联网|网上)(?=[,。;)】\]\s]|$)"
)
_ANY_PART = re.compile(":[ ]{0,2}(?:网络|互联网|网上)")
_OF_THE_PAGE = ("内容", "资料", "文章", "素材", "信息", "文字", "图文", "(", "【", "[", "\n")


def find(text: Text) -> Iterator[Finding]:
    """Printed names and the name the sender gives."""
    plain = text.plain
    for printed in sources(plain):
        if _NAME.fullmatch(printed.name):
            yield RULE.at(text, printed.name_start, printed.name_end)
    for prose in _PROSE.finditer(plain) if _ANY_PROSE.search(plain) else ():
        start = prose.start()
        before = plain[max(0, start - 3) : start].removesuffix("均")
        if start == 0 or before.endswith(_OF_THE_PAGE):
            yield RULE.at(text, start, prose.end())
    if _ANY_PART.search(plain):
        yield from (RULE.at(text, *part.span()) for part in _OF_A_PART.finditer(plain))
    given = fold(text.about.source_name).strip()
    if given and _NAME.fullmatch(given):
        place = head(text)
        if place is not None:
            yield RULE.at(text, *place, note=f"送审时填写的来源是“{text.about.source_name}”。")
