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
        Example("<p>各位市民：⟦&amp;nbsp;⟧&amp;nbsp;本周六停水。</p>", format="html"),
        Example("<p>⟦{font-family:宋体;font-size:16px;}⟧本周六停水。</p>", format="html"),
        "联系人：⟦undefined⟧\n联系电话：0990-2022120",
        "发布机构：⟦[object Object]⟧",
        "各位市民：⟦font-family:宋体;⟧本周六停水。",
        Example("<p>各位市民：&nbsp;本周六停水。<br>请相互转告。</p>", format="html"),
        "R&D经费投入占比提高，A&B两个方案同时公示。",
        "5<7且9>8，故方案可行。",
        "查询地址：http://www.example.gov.cn/list?a=1&b=2",
        "网页开发培训班讲授null值的处理。",
        "邮箱<service@example.gov.cn>已开通。",
    ),
)

NEEDS = ("<", ">", "&", "{", "object]", "undefined", "null", "nan", "font-", "text-indent", "line-height")

_TAGS = "p|br|div|span|font|strong|em|b|i|u|a|img|td|tr|th|table|tbody|ul|li|ol|h[1-6]|o:p|st1:[a-z]{1,20}|style|script|input|center|section|iframe|video"
_RESIDUE = regex.compile(
    rf"(?P<tag></?(?:{_TAGS})(?:\s[^<>\n]{{0,300}})?/?>)|(?P<torn>(?<![<\w])/(?:span|p|div|font|strong|td|tr|table|a|b|li)>)"
    r"|(?P<space>&(?:amp;)?(?:nbsp|ensp|emsp|#xa0|#160|#x3000|#12288);|&nbsp(?![a-z=]))|(?P<entity>&(?:amp;)?(?:lt|gt|quot|amp|ldquo|rdquo|lsquo|rsquo|middot|mdash|hellip);|&#x?[0-9a-f]{2,6};)"
    r"|(?P<css>\{[^{}\n]{0,80}?(?:font-|margin|padding|line-height|text-align|color|width)[^{}\n]{0,200}:[^{}\n]{0,200}\})"
    r"|(?P<style>(?<![-\w{])(?:font-(?:family|size|weight)|text-(?:indent|align)|line-height)[ ]?[:：][ ]?[\w\u4e00-\u9fff.%#,'_ -]{1,40}[;；])"
    r"|(?P<office>mso-[a-z]{2,20}[-a-z]{0,20}:|<!--\[if [^\]\n]{0,40}\]>|<!\[endif\]-->|@font-face)"
    r"|(?P<nothing>\[object Object\]|(?:undefined|null|nan)(?=\s|$|[,，。;；])(?<=[:：]\s?(?:undefined|null|nan)|(?:^|\n)(?:undefined|null|nan)(?=\n|$)))",
    regex.IGNORECASE,
)
_SPACES = 2  # one hard space alone is a trifle


def find(text: Text) -> Iterator[Finding]:
    """One note a page; only what a reader sees."""
    written = text.as_written
    found = list(_RESIDUE.finditer(written))
    if len(found) < _SPACES and all(match["space"] for match in found):
        return
    yield one_note(RULE, text, [(_start(written, match), match.end()) for match in found])


def _start(written: str, match: regex.Match[str]) -> int:
    """With the question marks that stand for what was swallowed before a torn tag."""
    start: int = match.start()
    while match["torn"] and match.start() - start < 4 and start and written[start - 1] in "?!？！\ufffd":
        start -= 1
    return start
