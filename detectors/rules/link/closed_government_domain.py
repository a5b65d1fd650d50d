"""A link to a government site that was closed, and whose domain may belong to somebody else now."""

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
    id="link.closed-government-domain",
    title="链接到已关停的政府网站",
    why="机构撤并后网站关停，域名会被他人注册，改放赌博、色情内容；链接过去就等于为它们引流。请换成承接单位的网址或删除链接。",
    basis=(
        "《福州市政府网站管理暂行办法》第三十六条(四)：是否存在错链和死链",
        "《宜君县政府网站与政务新媒体管理细则》第二十条(二)：及时发现域名被劫持、被冒用等安全问题",
    ),
    examples=(
        Example('<a href="⟦http://www.closed-bureau.example/info/1.html⟧">县某局通知</a>', "html"),
        "见县某局网站⟦http://closed-bureau.example⟧。",
        Example('<a href="http://www.open-bureau.example/info/1.html">县某局通知</a>', "html"),
        Example('<a href="http://slj.qingshan.gov.cn/closed-bureau.example.html">通知</a>', "html"),
        "县某局网站已于2019年关停，相关内容并入县政府门户网站。",
    ),
)  # fmt: skip


def prepare(known: Known) -> Find:
    """With the operator's table of domains."""
    table = hosts(known)

    def find(text: Text) -> Iterator[Finding]:
        """Links, images and bare names alike."""
        for place in page(text).web:
            entry = table.of(place.host, text.about.published_on)
            if entry.kind == "closed":
                note = f"{entry.domain} 已关停{f'：{entry.why}' if entry.why else ''}。"
                yield place.say(RULE, text, note=note)

    return find
