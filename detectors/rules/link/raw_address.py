"""A link to a bare IP address or to an unusual port."""

from __future__ import annotations

from collections.abc import Iterator

from detectors.rule import Example, Finding, Rule
from detectors.rules.link._page import page
from detectors.text import Text

RULE = Rule(
    id="link.raw-address",
    title="链接用 IP 地址或特殊端口",
    why="没有域名就看不出网站是谁的，也无法核对是否为政府网站；这类地址多是测试机或临时系统，随时会失效，也可能被他人占用。",
    basis=(
        "《宜君县政府网站与政务新媒体管理细则》第十条：一个政府网站原则上只能注册一个中文和一个英文域名",
        "《福州市政府网站管理暂行办法》第三十六条(四)：网站链接是否经过管理部门审核，是否存在错链和死链",
    ),
    examples=(
        Example('<a href="⟦http://39.156.66.10/bm/⟧">报名系统</a>', "html"),
        Example('<a href="⟦http://0x279C420A/⟧">报名系统</a>', "html"),
        "请登录⟦http://39.156.66.10:8081/apply⟧填报。",
        Example('<a href="⟦http://bm.qingshan-kaoshi.com:9090/⟧">报名系统</a>', "html"),
        Example('<a href="http://rsks.qingshan.gov.cn:8080/">报名系统</a>', "html"),
        Example('<a href="http://bm.qingshan-kaoshi.com/">报名系统</a>', "html"),
        "软件版本为V39.156.66.10，执行标准1.2.3.4节。",
        "系统时间为8:30至17:30，比分为3:2。",
    ),
)  # fmt: skip
_USUAL = {0, 80, 443}


def find(text: Text) -> Iterator[Finding]:
    """Numbers in any form browsers read, and ports of hosts that are no government's."""
    for place in page(text).strange:
        one = place.address
        if one.host is None or one.kind != "web":
            continue
        if one.host.place == "number":
            same = one.host.shown == one.host.name
            yield place.say(RULE, text, note="" if same else f"这是 IP 地址 {one.host.shown} 的另一种写法。")
        elif one.host.place == "public" and one.port not in _USUAL:
            yield place.say(RULE, text, note=f"{one.host.shown} 用了端口 {one.port}。")
