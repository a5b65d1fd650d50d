"""Links that leave the government's sites: advice that the reader should be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.rule import Example, Find, Finding, Rule
from detectors.rules.link._hosts import hosts
from detectors.rules.link._page import Place, page
from detectors.text import About

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.known import Known
    from detectors.text import Text

RULE = Rule(
    id="link.leaves-government",
    title="链接离开政府网站（提示）",
    why="打开非政府网站的链接时，页面应当提示读者即将离开政府网站。请确认发布系统会弹出提示，或在链接旁注明网站名称。",
    basis=(
        "《政府网站发展指引》(国办发〔2017〕47号)网页设计规范",
        "《宜君县政府网站与政务新媒体管理细则》第二十五条：未尽事宜按照国办发〔2017〕47号文件等规定执行",
        "《福州市政府网站管理暂行办法》第三十六条(四)：网站链接是否经过管理部门审核",
    ),
    examples=(
        Example('<p>据<a href="⟦http://www.news.cn/politics/c.htm⟧">新华网</a>报道。</p>', "html"),
        Example('<p><a href="⟦https://www.tsinghua.edu.cn/⟧">清华大学</a>、<a href="https://www.people.com.cn/">人民网</a></p>', "html"),
        Example('<p><a href="https://www.gov.cn/">中国政府网</a>、<a href="/a.html">附件</a></p>', "html"),
        Example('<p>据<a href="http://www.news.cn/c.htm">新华网</a>报道。</p>', "html", About(channel="wechat")),
        Example('<p><img src="https://www.news.cn/1.jpg">新华社记者摄</p>', "html"),
        "据新华网（www.news.cn）报道，活动将于10月举行。",
    ),
)  # fmt: skip
_FRIENDS = {"approved", "source", "public"}


def prepare(known: Known) -> Find:
    """With the table of domains."""
    table = hosts(known)

    def find(text: Text) -> Iterator[Finding]:
        """One advice a page; a strange site is commercial-site, a platform platform-page."""
        if text.about.channel not in {"", "website"}:
            return
        places: list[Place] = []
        names: dict[str, None] = {}
        for place in page(text).named:
            host, link = place.host, place.link
            if link is None or link.tag != "a":
                continue
            if table.of(host, text.about.published_on).kind in _FRIENDS:
                places.append(place)
                names[host.shown] = None
        if places:
            shown = "、".join(list(names)[:5]) + (f" 等 {len(names)} 个网站" if len(names) > 5 else "")
            yield places[0].once(RULE, text, places[1:], f"页面链接到 {shown}。")

    return find
