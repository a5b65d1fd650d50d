"""A link to a strange site that the reader cannot see: the trace of a break-in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detectors.rule import Example, Find, Finding, Rule
from detectors.rules.link._hosts import hosts
from detectors.rules.link._page import page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.known import Known
    from detectors.text import Text

RULE = Rule(
    id="link.hidden-link",
    title="暗链",
    why="链接藏在读者看不见的地方，只给搜索引擎看，是网页被植入“暗链”、为赌博等网站引流的典型手法。请删除并检查网站是否被入侵。",
    basis=(
        "《宜君县政府网站与政务新媒体管理细则》第二十条(二)：及时发现域名被劫持、被冒用等安全问题",
        "《福州市政府网站管理暂行办法》第三十二条：不得有任何危害网站网络与信息安全的行为",
    ),
    examples=(
        Example('<div style="display:none"><a href="⟦http://www.caijin-yule.top/⟧">友情链接</a></div>', "html"),
        Example('<p>正文</p><span style="position:absolute;left:-9999px"><a href="⟦http://www.caijin-yule.top/⟧">友情链接</a></span>', "html"),
        Example('<div><a href="http://www.caijin-yule.top/">友情链接</a></div>', "html"),
        Example('<div style="display:none"><a href="http://www.qingshan.gov.cn/">无障碍</a></div>', "html"),
        Example('<a href="http://www.caijin-yule.top/"><img src="/1.jpg"></a>', "html"),
    ),
)  # fmt: skip
_TAGS = re.compile(r"<[^>]{0,2000}>")
_MOST = 2_000


def prepare(known: Known) -> Find:
    """With the table of domains."""
    table = hosts(known)

    def find(text: Text) -> Iterator[Finding]:
        """Anchors with words in the source and none on the page."""
        hidden = next((view for view in text.beside if view.seen == "hidden"), None)
        if hidden is None:
            return
        for place in page(text).named:
            link, host = place.link, place.host
            if link is None or link.tag != "a" or link.shown[0] < link.shown[1]:
                continue
            if table.of(host, text.about.published_on).kind in {"unknown", "commercial", "lapsed"} and _words(
                text.source, link.span.end
            ):
                yield place.say(RULE, text, note=f"指向 {host.shown}，页面上看不见。")

    return find


def _words(source: str, at: int) -> bool:
    """Whether the anchor whose address ends at ``at`` holds letters of its own."""
    start = source.find(">", at, at + _MOST)
    end = source.find("</", start, start + _MOST) if start >= 0 else -1
    return end > start and bool(_TAGS.sub("", source[start + 1 : end]).strip())
