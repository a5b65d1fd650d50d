"""A title of a document between < and >."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from detectors.rule import Finding, Rule
from detectors.text import Text

RULE = Rule(
    id="document.ascii-book-title",
    title="书名号误用小于号、大于号",
    why="“<”“>”是数学符号，不是书名号；书名号里面再用书名号时，内层用单书名号“〈〉”。在网页里它们还可能被当作标签而丢失内容。",
    basis=(
        "《党政机关公文处理工作条例》第十一条：公文使用的汉字、数字、外文字符、计量单位和标点符号等，按照有关国家标准和规定执行",
        "GB/T 15834-2011《标点符号用法》",
    ),
    examples=(
        "《县政府办公室关于印发⟦<网站管理暂行办法>→〈网站管理暂行办法〉⟧的通知》已经印发。",
        "根据⟦<青石县档案管理办法>→《青石县档案管理办法》⟧，现公布目录。",
        "《县政府办公室关于印发〈网站管理暂行办法〉的通知》已经印发。",
        "当pH<7时呈酸性，>7时呈碱性。",
        "联系人邮箱：<service@example.gov.cn>。",
        "年龄<18周岁且收入>1000元的家庭。",
    ),
)
NEEDS = ("<",)

_TITLE = regex.compile(
    r"<(?P<title>[^<>\n。;]{2,60}?(?:办法|规定|条例|细则|通知|意见|方案|规划|计划|决定|公告|通告|预案|标准|指南|指引|目录|清单|法|制度|规则|准则|规程|纲要|章程|函|批复|公报|纪要|法\(试行\)|\(试行\)))>"
)

_MOST = 10


def find(text: Text) -> Iterator[Finding]:
    """One finding a page. Only what ends like the name of a document: < and > may enclose anything."""
    plain = text.plain
    found: list[tuple[int, int, str]] = []
    for match in _TITLE.finditer(plain):
        outer = plain.rfind("《", max(0, match.start() - 120), match.start())
        inside = outer > plain.rfind("》", max(0, match.start() - 120), match.start())
        start, end = text.written(*match.span("title"))
        title = text.as_written[start:end]
        found.append((*match.span(), f"〈{title}〉" if inside else f"《{title}》"))
    if found:
        start, end, right = found[0]
        note = f"共{len(found)}处。" if len(found) > 1 else ""
        yield RULE.at(text, start, end, right, note, [place[:2] for place in found[1:_MOST]])
