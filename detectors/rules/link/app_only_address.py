"""An address that opens only inside one app: mini programs, weixin:// and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator

from detectors.rule import Example, Finding, Rule
from detectors.rules.link._page import page
from detectors.text import Span, Text

RULE = Rule(
    id="link.app-only-address",
    title="只能在某个应用里打开的地址（小程序等）",
    why="小程序和应用内地址在网页上打不开，机器也看不到它通向哪里。请人工打开，核实主体是否为政府部门、有无商业推广，并给出网页地址。",
    basis=(
        "《宜君县政府网站政府信息发布规定》第九条：政府网站不得链接商业网站，不得刊登商业广告或链接商业广告页面",
        "《福州市政府网站管理暂行办法》第三十六条(四)：网站链接是否经过管理部门审核",
    ),
    examples=(
        "复制⟦#小程序://青山办事/9xYzAbC⟧到微信打开。",
        Example('<a href="⟦weixin://dl/business/?t=9xYz⟧">打开小程序</a>', "html"),
        Example('<a href="⟦alipays://platformapi/startapp?appId=99⟧">缴费</a>', "html"),
        Example('<a class="weapp_text_link" ⟦data-miniprogram-appid="wx99"⟧ href="">办理</a>', "html"),
        "微信搜索小程序“青山办事”即可办理。",
        Example('<a href="https://mp.weixin.qq.com/s/9xYz">图文</a>', "html"),
        Example('<a href="tel:12345">拨打12345</a>', "html"),
        "支持weixin、支付宝等缴费渠道。",
    ),
)  # fmt: skip
_IN_TEXT = re.compile(
    r"#小程序://[^\s/,。;、)]{1,40}(?:/[0-9a-z_-]{1,40})?|(?<![a-z])(?:weixin|wxp|alipays?|tbopen|taobao|openapp\.jdmobile|snssdk\d{3,4}|dingtalk|mqqapi)"
    r"://[!#-&(-;=?-Z_a-z~]{1,300}"
)
_MINI = re.compile(
    r"""data-miniprogram-(?:appid|path)\s{0,3}=\s{0,3}["']?[^\s"'>]{1,200}["']?""", re.IGNORECASE
)


def find(text: Text) -> Iterator[Finding]:
    """Links by their scheme, the same in the text, and the mark by which WeChat's editor notes a mini program."""
    for place in page(text).odd:
        if place.address.kind == "app":
            yield place.say(RULE, text)
    if text.seen != "page":
        return
    if "://" in text.plain:
        for match in _IN_TEXT.finditer(text.plain):
            yield RULE.at(text, *match.span())
    if "data-miniprogram-" in text.source:
        done = ""
        for match in _MINI.finditer(text.source):
            if match.group() != done:  # one mini program is noted twice in a tag: its id and its path
                yield RULE.at_source(text, Span(*match.span()))
                done = match.group()
