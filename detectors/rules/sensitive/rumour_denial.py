"""A denial of a rumour."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detectors.needs import needs
from detectors.rule import Finding, Rule
from detectors.rules.sensitive._event import is_stated, once, ranges

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="sensitive.rumour-denial",
    title="辟谣澄清",
    why="辟谣信息要由事实主管部门核实后发布，写明事实而不是重复谣言；未经核实的否认会引发次生舆情，须经主要领导审批。",
    basis=(
        "《政府信息公开条例》第六条：发现影响或者可能影响社会稳定、扰乱社会和经济管理秩序的虚假或者不完整信息的，应当发布准确的政府信息予以澄清",
        "《突发事件应对法》第七条：任何单位和个人不得编造、故意传播有关突发事件的虚假信息",
    ),
    examples=(
        "针对⟦网传“县医院停诊”的消息，经核实系谣言⟧，请勿传播。",
        "近日，⟦网传我县将提高水价的消息不实⟧，请勿传播。",
        "⟦关于网传“某小区发现确诊病例”的情况说明⟧",
        "经查，网民张某发布的视频内容⟦为不实信息⟧，公安机关已依法处理。",
        "近日有网民发布“临江停水停电”的消息，⟦经核实，该信息不实⟧。",
        "⟦网传临江要停课？假的⟧！",
        "经核实，企业填报的产值不实的，予以退回。",
        "不信谣、不传谣，做文明网民。",
        "编造、传播谣言的，依法给予治安管理处罚。",
        "县委网信办举办网络辟谣知识讲座。",
        "点击进入联合辟谣平台。",
        "欢迎网民通过留言板反映情况。",
    ),
)

_FALSE = r"(?:谣言|网络谣言|不实信息|不实消息|不实言论|不实传言|不实内容|虚假信息|虚假消息)"
_DENIAL = re.compile(
    r"关于(?:网传|网上流传|网络流传|网民反映|不实|“[^”\n]{2,30}”不实)[^。\n]{0,40}?(?:情况说明|说明|声明|通报|澄清)"
    r"|网传[^。;\n]{2,50}?(?:不实|不属实|系谣言|是谣言|为谣言|系虚假|为虚假|并非事实|与事实不符)|网上流传[^。;\n]{2,50}?(?:不实|不属实|谣言|虚假|与事实不符)"
    r"|网传[^。;\n]{2,40}?[?!,]?(?:假的|不是真的)|(?:经核实|经核查|经调查|经查)[^。;\n]{0,4}?(?:该|此|上述|相关|有关|以上)[^。;,\n]{0,8}?(?:不实|不属实|失实|系谣言|为谣言|纯属谣言)(?!的)"
    rf"|系{_FALSE}|为{_FALSE}|属{_FALSE}|属于{_FALSE}|是{_FALSE}"
    r"|辟谣(?:声明|公告|通告|信息)|发布(?:的)?辟谣|特此辟谣|郑重辟谣"
)

NEEDS = needs(_DENIAL)


def find(text: Text) -> Iterator[Finding]:
    """One note for the page."""
    yield from once(RULE, text, ranges(_DENIAL, text.plain), is_stated)
