"""Pieces of HTML, CSS or a program's nothing that a reader sees."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from detectors.rule import Example, Finding, Rule
from detectors.rules.damage._note import one_note
from detectors.text import Text

RULE = Rule(
    id="damage.html-residue",
    title="网页代码残留",
    why="标签、样式或者程序变量露在正文里，多半是从别处粘贴或者系统转换造成的，既难看又可能吞掉相邻的文字。",
    basis=(
        "《大同市云州区人民政府网站信息审核发布制度》第十一条：杜绝政治错误、内容差错、技术故障",
        "《中华人民共和国政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
    ),
    examples=(
        "政府网站坚持“谁管理”的原则⟦?!?/span>⟧县人民政府门户网站由办公室主办。",
        "报名时间：5月6日⟦&nbsp;⟧地点：县体育中心&nbsp;&nbsp;联系人：王某",
        "各位市民：⟦<br>⟧本周六停水。",
        Example("<p>各位市民：⟦&amp;nbsp;⟧本周六停水。</p>", format="html"),
        Example("<p>⟦{font-family:宋体;font-size:16px;}⟧本周六停水。</p>", format="html"),
        "联系人：⟦undefined⟧\n联系电话：0990-2022120",
        "发布机构：⟦[object Object]⟧",
        Example("<p>各位市民：&nbsp;本周六停水。<br>请相互转告。</p>", format="html"),
        "R&D经费投入占比提高，A&B两个方案同时公示。",
        "5<7且9>8，故方案可行。",
        "查询地址：http://www.example.gov.cn/list?a=1&b=2",
        "网页开发培训班讲授null值的处理。",
        "邮箱<service@example.gov.cn>已开通。",
    ),
)

_TAGS = "p|br|div|span|font|strong|em|b|i|u|a|img|td|tr|th|table|tbody|ul|li|ol|h[1-6]|o:p|st1:[a-z]{1,20}|style|script|input|center|section|iframe|video"
_RESIDUE = regex.compile(
    rf"(?P<tag></?(?:{_TAGS})(?:\s[^<>\n]{{0,300}})?/?>)|(?P<torn>[?!？！�]{{0,4}}(?<![<\w])/(?:span|p|div|font|strong|td|tr|table|a|b|li)>)"
    r"|(?P<entity>(?:&(?:amp;)?(?:nbsp|lt|gt|quot|amp|ldquo|rdquo|lsquo|rsquo|middot|mdash|hellip|ensp|emsp);|&nbsp(?![a-z=])|&#x?[0-9a-f]{2,6};|(?<=[\u3000-\u9fff])nbsp;))"
    r"|(?P<css>[.#]?[\w.-]{0,30}\s?\{[^{}\n]{0,80}?(?:font-|margin|padding|line-height|text-align|color|width)[^{}\n]{0,200}:[^{}\n]{0,200}\})"
    r"|(?P<office>mso-[a-z]{2,20}[-a-z]{0,20}:|<!--\[if [^\]\n]{0,40}\]>|<!\[endif\]-->|@font-face)"
    r"|(?P<nothing>\[object Object\]|(?<=[\u4e00-\u9fff][:：]\s?)(?:undefined|null|NaN)(?=\s|$|[,，。;；])|(?<=^|\n)(?:undefined|null|NaN)(?=\n|$))",
    regex.IGNORECASE,
)
_SIGNS = ("<", "/span>", "/p>", "/div>", "&", "{", "nbsp;", "mso-", "[object", "undefined", "null", "NaN")
_FEW = regex.compile(r"[<&{]|/[a-z]{1,6}>|nbsp;|mso-|undefined|null|NaN|\[object")


def find(text: Text) -> Iterator[Finding]:
    """One note a page; only what a reader sees."""
    written = text.as_written
    if not _FEW.search(written):
        return
    places = [match.span() for match in _RESIDUE.finditer(written)]
    if places:
        yield one_note(RULE, text, places)
