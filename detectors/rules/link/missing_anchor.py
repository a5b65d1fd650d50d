"""A link to a place of the page that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from detectors.rule import Example, Finding, Rule
from detectors.rules.link._page import page
from detectors.text import Text

RULE = Rule(
    id="link.missing-anchor",
    title="页内链接没有落点",
    why="链接要跳到本页的某个位置，但正文里没有这个位置，多是从 Word 粘贴目录、注释时丢了书签。",
    basis=(
        "《福州市政府网站管理暂行办法》第三十六条(四)：是否存在错链和死链",
        "《宜君县政府网站政府信息发布规定》第十八条：对“无法访问、……功能链接不可用……”等情况进行全面检查，发现问题及时整改",
    ),
    examples=(
        Example('<p><a href="⟦#_Toc99001⟧">一、总体要求</a></p><p>一、总体要求</p>', "html"),
        Example('<p>见<a href="⟦#fj2⟧">附件2</a></p><p id="fj1">附件1</p>', "html"),
        Example('<p>见<a href="#fj1">附件1</a></p><p id="fj1">附件1</p>', "html"),
        Example('<p>见<a href="#_ftn1">[1]</a></p><p><a name=_ftn1></a>注</p>', "html"),
        Example('<a href="#top">返回顶部</a><a href="#header">页首</a>', "html"),
        Example("见[第二节](#第二节)。", "markdown"),
    ),
)  # fmt: skip
_NAMES = re.compile(r"""\s(?:id|name)\s{0,9}=\s{0,9}["']?([^"'\s>]{1,200})""", re.IGNORECASE)
_FRAME = re.compile(
    r"top|header|footer|main|content|container|wrapper|nav|menu|home|body|page|wechat_redirect|rd",
    re.IGNORECASE,
)


def find(text: Text) -> Iterator[Finding]:
    """One finding a page. Names that belong to the frame around a post are taken to be there."""
    wanted = [
        place
        for place in page(text).odd
        if place.address.kind == "fragment" and place.link is not None and place.link.via == "href"
        and place.link.tag == "a" and not _FRAME.match(place.address.rest[1:]) and "/" not in place.address.rest
    ]  # fmt: skip
    if not wanted or text.body_format != "html":
        return
    there = set(_NAMES.findall(text.source))
    lost = [
        place
        for place in wanted
        if place.address.rest[1:] not in there and unquote(place.address.rest[1:]) not in there
    ]
    if lost:
        yield lost[0].once(RULE, text, lost[1:], f"正文里没有“{lost[0].address.rest[1:][:60]}”这个位置。")
