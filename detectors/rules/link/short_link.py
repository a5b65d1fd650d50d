"""A short link: nobody can see where it leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.rule import Example, Find, Finding, Rule
from detectors.rules.link._hosts import hosts
from detectors.rules.link._page import page
from detectors.text import About

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.known import Known
    from detectors.text import Text

RULE = Rule(
    id="link.short-link",
    title="短链接",
    why="短链接看不出指向哪里，目标可以随时改换，平台停止服务后全部失效。请打开核实，改用完整网址。",
    basis=(
        "《福州市政府网站管理暂行办法》第三十六条(四)：网站链接是否经过管理部门审核，是否存在错链和死链",
        "《六安市统计局政务新媒体管理暂行办法》第二十一条(一)：不得利用政务新媒体发布、链接违反法律法规和涉及商业广告的信息页面",
    ),
    examples=(
        Example('<a href="⟦https://dwz.cn/a1B2c3⟧">问卷</a>', "html"),
        "调查问卷见⟦http://t.cn/A6x9900⟧。",
        "请打开⟦suo.im/5x9Yz⟧填写。",
        Example('<a href="https://www.qingshan.gov.cn/d/a1B2c3">问卷</a>', "html"),
        Example("详见http://t.cn/A6x9900", about=About(channel="weibo")),
        "有奖调查由t.cn等短网址服务商提供技术支持。",
        "会议比分为3.cn报道的2.5比1。",
    ),
)  # fmt: skip


def prepare(known: Known) -> Find:
    """With the table of domains."""
    table = hosts(known)

    def find(text: Text) -> Iterator[Finding]:
        """Addresses of the known services. On Weibo every address becomes t.cn by itself."""
        for place in page(text).named:
            host = place.host
            if len(place.address.rest) < 2 or not place.leads:
                continue
            entry = table.of(host, text.about.published_on)
            if entry.kind == "short" and not (text.about.channel == "weibo" and entry.domain == "t.cn"):
                yield place.say(
                    RULE, text, note=f"{host.shown} 是短链接服务{f'（{entry.why}）' if entry.why else ''}。"
                )

    return find
