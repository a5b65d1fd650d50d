"""WeChat accounts of persons; public accounts, mini programs and lines of service are public."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detectors.pii import WECHAT
from detectors.rule import Rule
from detectors.rules.pii._page import kind_hits, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.wechat-account",
    title="个人微信号",
    why="个人微信号是联系方式，与支付和朋友圈相连，公开后易被冒充、诈骗。单位公众号、客服账号不在此列。",
    basis=(
        "《中华人民共和国民法典》第一千零三十四条",
        "《中华人民共和国个人信息保护法》第二十五条",
    ),
    examples=(
        "请添加村医周某微信：⟦zxm_880011⟧。",
        "当事人微信号为⟦wxid_a1b2c3⟧，已核实。",
        "加V信⟦xiaoman2024⟧可提前登记。",
        "家长微 信 号（⟦xiaoman_88⟧）已登记。",
        "关注“某县发布”微信公众号（微信号：mouxianfabu）。",
        "微信客服：kefu12345，官方平台在线答复。",
        "可通过微信app或者微信小程序缴费。",
    ),
    private=True,
)

NEEDS = ("微信", "微 信", "薇信", "薇 信", "威信", "威 信", "vx", "v信", "wx", "wechat", "weixin")

_PUBLIC = re.compile(
    r"公众|官方|官微|客服|关注|订阅|服务|平台|小程序|视频号|扫码|二维码|发布|融媒|政务|咨询|电视台|报社|网"
)
_BREAK = re.compile(r"[。;\n]")
_PROGRAM = re.compile(
    r"(?:app|wechat|weixin|android|iphone|windows|h5|http|https|www|qq)(?![a-z0-9])|gh_|https?:"
)


def find(text: Text) -> Iterator[Finding]:
    """A WeChat account whose sentence does not speak of a public one."""
    plain = text.plain
    for hit in kind_hits(text, WECHAT):
        around = plain[max(0, hit.start - 30) : hit.start]
        around = (
            around[max(around.rfind(mark) for mark in "。;\n") + 1 :]
            + _BREAK.split(plain[hit.end : hit.end + 8])[0]
        )
        if not _PUBLIC.search(around) and not _PROGRAM.match(plain, hit.start):
            yield from report(RULE, text, (hit,))
