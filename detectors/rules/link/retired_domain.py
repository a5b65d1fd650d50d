"""A link to a domain of the unit itself that it no longer uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.rule import Example, Find, Finding, Rule
from detectors.rules.link._hosts import hosts
from detectors.rules.link._page import page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.known import Known
    from detectors.text import Text

RULE = Rule(
    id="link.retired-domain",
    title="链接到本单位已停用的域名",
    why="停用的域名注销后任何人都可以再注册，常被用来放赌博、色情内容，旧文章里的链接就成了通向它们的入口。",
    basis=(
        "《宜君县政府网站与政务新媒体管理细则》第十条：对于停止使用的中英文域名，应申请注销",
        "《宜君县政府网站与政务新媒体管理细则》第二十条(二)：及时发现域名被劫持、被冒用等安全问题",
    ),
    examples=(
        Example('<a href="⟦http://www.old-site.example/zwgk/1.html⟧">原文</a>', "html"),
        "旧版网站⟦www.old-site.example⟧仍可查询。",
        Example('<img src="⟦http://www.old-site.example/logo.png⟧">', "html"),
        Example('<a href="http://www.new-site.example/zwgk/1.html">原文</a>', "html"),
        Example('<a href="http://www.qingshan.gov.cn/old-site.example/">原文</a>', "html"),
        "联系邮箱为 office@old-site.example，请勿再使用。",
    ),
)  # fmt: skip


def prepare(known: Known) -> Find:
    """With the operator's table of domains."""
    table = hosts(known)

    def find(text: Text) -> Iterator[Finding]:
        """Links, images and bare names alike: all of them break or are hijacked."""
        for place in page(text).web:
            entry = table.of(place.host, text.about.published_on)
            if entry.kind == "retired":
                note = f"{entry.domain} 已停用{f'：{entry.why}' if entry.why else ''}。"
                yield place.say(RULE, text, note=note)

    return find
