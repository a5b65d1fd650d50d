"""A link that runs code instead of opening a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detectors.rule import Example, Find, Finding, Rule
from detectors.rules.link._address import Address, address
from detectors.rules.link._hosts import Hosts, hosts
from detectors.rules.link._page import page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.known import Known
    from detectors.text import Text

RULE = Rule(
    id="link.dangerous-scheme",
    title="链接里夹带可执行代码",
    why="链接打开的不是网页，而是一段会在读者浏览器里运行的代码，多为网页被植入或从可疑页面复制所致，可以窃取信息、跳转到别处。",
    basis=(
        "《福州市政府网站管理暂行办法》第三十二条：不得故意制作、传播计算机病毒等破坏性程序；不得有任何危害网站网络与信息安全的行为",
        "《宜君县政府网站与政务新媒体管理细则》第二十条(一)：完善数据备份及防攻击、防病毒、防篡改等安全防护措施",
    ),
    examples=(
        Example('<a href="⟦javascript:eval(atob(&#39;YWxlcnQoMSk=&#39;))⟧">查看详情</a>', "html"),
        Example('<a href="⟦java&#10;script:document.write(unescape(\'%3Cscript%3E\'))⟧">公告</a>', "html"),
        Example('<a href="⟦javascript:window.open(\'http://www.caijin-yule.top/\')⟧">公告</a>', "html"),
        Example('<iframe src="⟦data:text/html;base64,PHNjcmlwdD4=⟧"></iframe>', "html"),
        Example('<a href="⟦vbscript:MsgBox(1)⟧">下载</a>', "html"),
        Example('<a href="javascript:;">展开</a><a href="javascript:void(0)">收起</a>', "html"),
        Example('<a href="javascript:window.print()">打印</a><a href="javascript:history.back()">返回</a>', "html"),
        Example('<a href="javascript:doZoom(16)">大</a><a href="javascript:window.open(\'/zwgk/a.html\')">公告</a>', "html"),
        Example('<img src="data:image/png;base64,iVBORw0KGgo=">', "html"),
        "网页中不得使用javascript脚本弹出广告窗口。",
    ),
)  # fmt: skip
_HAZARD = re.compile(
    r"\beval\s*\(|document\s*\.\s*(?:write|cookie)|fromcharcode|\batob\s*\(|unescape\s*\(|createelement|innerhtml"
    r"|\bimport\s*\(|\bfetch\s*\(|xmlhttprequest|\\x[0-9a-f]{2}|\\u00[0-9a-f]{2}|(?:%[0-9a-f]{2}){6}|<script",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"""['"`](?P<url>(?:https?:)?//[^'"`\s]{3,200})""", re.IGNORECASE)
_DATA = re.compile(
    r"\s*(?:text/(?:html|xml|javascript)|application/(?:xhtml|xml|javascript|x-javascript|x-msdownload)|image/svg)",
    re.IGNORECASE,
)


def prepare(known: Known) -> Find:
    """With the table of domains: a script that opens a government page does no harm."""
    table = hosts(known)

    def find(text: Text) -> Iterator[Finding]:
        """Code that hides itself, writes into the page or leads elsewhere; small calls of a template are left."""
        for place in page(text).odd:
            one = place.address
            if one.kind == "data":
                note = "“data:”链接里直接装着网页代码。" if place.leads and _DATA.match(one.rest) else ""
            elif one.kind == "script":
                note = _script(one)
            else:
                continue
            if note:
                yield place.say(RULE, text, note=note)

    def _script(one: Address) -> str:
        if one.scheme != "javascript":
            return f"“{one.scheme}:”链接是一段脚本。"
        if _HAZARD.search(one.rest):
            return "脚本带有改写网页、读取登录信息或隐藏自身的代码。"
        return next((f"脚本会打开 {host}。" for host in _strange(one.rest, table)), "")

    return find


def _strange(script: str, table: Hosts) -> Iterator[str]:
    for match in _ELSEWHERE.finditer(script):
        host = address(match["url"]).host
        if host is not None and table.of(host, None).kind in {"unknown", "commercial"}:
            yield host.shown
