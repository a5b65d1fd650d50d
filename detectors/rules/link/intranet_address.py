"""A link that only works inside the office."""

from __future__ import annotations

from collections.abc import Iterator

from detectors.rule import Example, Finding, Rule
from detectors.rules.link._page import page
from detectors.text import Text

RULE = Rule(
    id="link.intranet-address",
    title="链接指向内网或本机",
    why="这个地址只有单位内部（或编辑自己的电脑）才能打开，公众看到的是死链、缺图，同时暴露了内部网络和系统的位置。",
    basis=(
        "《宜君县政府网站政府信息发布规定》第十八条：对“无法访问、……功能链接不可用……”等情况进行全面检查，发现问题及时整改",
        "《福州市政府网站管理暂行办法》第三十六条(四)：是否存在错链和死链",
    ),
    examples=(
        Example('<a href="⟦http://192.168.10.8:8080/oa/file/1.doc⟧">附件</a>', "html"),
        Example('<img src="⟦http://localhost/upload/1.jpg⟧">', "html"),
        Example('<a href="⟦http://oa.qingshan.local/⟧">办公系统</a>', "html"),
        Example('<a href="⟦http://3232238088/⟧">附件</a>', "html"),
        "材料请上传至⟦http://10.12.3.4/upload⟧。",
        Example('<a href="http://oa.qingshan.gov.cn/">附件</a>', "html"),
        Example('<a href="/oa/file/1.doc">附件</a>', "html"),
        Example('<a href="http://39.156.66.10/">附件</a>', "html"),
        "内网段192.168.10.0已完成改造，10.12万人受益。",
    ),
)  # fmt: skip


def find(text: Text) -> Iterator[Finding]:
    """Private numbers in any form, names without a dot, endings that only exist inside."""
    for place in page(text).strange:
        host = place.address.host
        if host is not None and host.place == "intranet" and place.address.kind == "web":
            note = f"{host.name} 即 {host.shown}，" if host.shown != host.name else ""
            yield place.say(RULE, text, note=f"{note}公众无法访问。")
