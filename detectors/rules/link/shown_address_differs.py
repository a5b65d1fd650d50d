"""A link whose words show one address and which leads to another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detectors.rule import Example, Find, Finding, Rule
from detectors.rules.link._address import Host, named
from detectors.rules.link._hosts import Hosts, hosts
from detectors.rules.link._page import page
from detectors.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.known import Known
    from detectors.text import Text

RULE = Rule(
    id="link.shown-address-differs",
    title="显示的网址与实际链接不一致",
    why="读者看到的是一个网站，点开的却是另一个：要么是改稿时忘了换链接，要么是仿冒手法。",
    basis=(
        "《福州市政府网站管理暂行办法》第三十六条(四)：是否存在错链和死链",
        "《宜君县政府网站与政务新媒体管理细则》第二十条(二)：及时发现域名被劫持、被冒用等安全问题",
    ),
    examples=(
        Example('<p>网址：<a href="⟦http://www.fuwu-dating.top/⟧">http://www.qingshan.gov.cn</a></p>', "html"),
        Example('<p><a href="⟦http://rsj.linshui.gov.cn/⟧">县人社局（rsj.qingshan.gov.cn）</a></p>', "html"),
        Example("见[www.qingshan.gov.cn](⟦http://www.linshui.gov.cn/a⟧)。", "markdown"),
        Example('<a href="http://www.qingshan.gov.cn/zwgk/index.html">www.qingshan.gov.cn</a>', "html"),
        Example('<a href="https://zwfw.qingshan.gov.cn/">http://qingshan.gov.cn</a>', "html"),
        Example('<a href="/index.html">www.qingshan.gov.cn</a>', "html"),
        Example('<a href="http://www.xinhuanet.com/a.htm">新华网www.news.cn</a>', "html"),
        Example('<a href="http://www.qingshan.gov.cn/a.html">关于印发3.0版方案的通知.doc</a>', "html"),
        Example('<a href="http://www.qingshan.gov.cn/a.html">信箱 tj@linshui.gov.cn</a>', "html"),
    ),
)  # fmt: skip
_SHOWN = re.compile(
    r"(?<![a-z0-9@._/=-])(?:https?://)?(?P<host>(?:[a-z0-9-]{1,63}\.){1,6}(?:cn|com|net|org|top|xyz|vip|info|cc))(?![a-z0-9@.-]*[a-z0-9@])"
)


def prepare(known: Known) -> Find:
    """With the table of domains: two domains of one source are one."""
    table = hosts(known)

    def find(text: Text) -> Iterator[Finding]:
        """Every address that is shown belongs to somebody else than the link."""
        written = text.as_written
        for place in page(text).links:
            link, host = place.link, place.address.host
            if link is None or host is None or link.tag != "a" or link.shown[0] >= link.shown[1]:
                continue
            letters = written[link.shown[0] : min(link.shown[1], link.shown[0] + 300)]
            if "." not in letters and "．" not in letters and "。" not in letters:
                continue
            shown = [
                one
                for match in _SHOWN.finditer(fold(letters))
                if (one := named(match["host"])) and one.suffix
            ]
            if shown and not any(_same(one, host, table) for one in shown):
                yield place.say(RULE, text, note=f"显示的是 {shown[0].shown}，点开的是 {host.shown}。")

    return find


def _same(shown: Host, leads: Host, table: Hosts) -> bool:
    if shown.domain == leads.domain:
        return True
    one, other = table.of(shown, None), table.of(leads, None)
    return one.kind == other.kind and (one.kind == "own" or (one.kind == "source" and one.why == other.why))
