"""Words that look like a link and lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from detectors.rule import Example, Finding, Rule
from detectors.rules.link._page import page
from detectors.text import Link, Text

RULE = Rule(
    id="link.empty-link",
    title="空链接",
    why="文字做成了链接，却没有填网址，读者点了没有反应，属于错链。",
    basis=(
        "《福州市政府网站管理暂行办法》第三十六条(四)：是否存在错链和死链",
        "《宜君县政府网站政府信息发布规定》第十八条：对“无法访问、……功能链接不可用……”等情况进行全面检查，发现问题及时整改",
    ),
    examples=(
        Example('<p>附件：<a href="">⟦申报表⟧</a></p>', "html"),
        Example('<p>附件：<a href="#" target="_blank">⟦评分标准⟧</a></p>', "html"),
        Example('<p>附件：<a href="javascript:void(0)" title="名单">⟦名单⟧</a></p>', "html"),
        Example('<a href="#" onclick="share()">分享</a>', "html"),
        Example('<a href="javascript:;" class="more">更多</a>', "html"),
        Example('<a href="#"><img src="/1.jpg"></a>', "html"),
        Example('<a name="fj1" href="">附件</a><a href="#fj1">附件</a>', "html"),
        "附件：申报表",
    ),
)  # fmt: skip
# A link that a script or a style sheet takes care of is a button, an anchor has a name.
_BUTTON = re.compile(
    r"\s(?:on[a-z]{3,20}|id|class|role|name|data-[a-z-]{1,30}|[:@v][a-z:.-]{1,20})\s*=", re.IGNORECASE
)
_AROUND = 600


def find(text: Text) -> Iterator[Finding]:
    """One finding a page: an empty template has many."""
    found = [
        place.link
        for place in page(text).odd
        if place.address.kind == "empty"
        and place.link is not None
        and place.link.tag == "a"
        and text.as_written[slice(*place.link.shown)].strip()
        and not _is_button(text.source, place.link)
    ]
    if found:
        yield RULE.at_written(text, *_words(text, found[0]))._replace(
            places=tuple(text.span(*_words(text, link)) for link in found[1:])
        )


def _words(text: Text, link: Link) -> tuple[int, int]:
    letters = text.as_written[slice(*link.shown)]
    start = link.shown[0] + len(letters) - len(letters.lstrip())
    return start, start + len(letters.strip())


def _is_button(source: str, link: Link) -> bool:
    start = source.rfind("<", max(0, link.span.start - _AROUND), link.span.start)
    end = source.find(">", link.span.end, link.span.end + _AROUND)
    return start < 0 or bool(_BUTTON.search(source, start, end if end >= 0 else link.span.end))
