"""An address that cannot work as it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from detectors.rule import Example, Finding, Rule
from detectors.rules.link._address import address
from detectors.rules.link._page import page
from detectors.text import Text

RULE = Rule(
    id="link.broken-address",
    title="网址写错",
    why="网址里多了、少了或错了一个符号（全角冒号、中文句号、空格、少斜杠），读者点不开，也复制不到正确的网址，属于错链。",
    basis=(
        "《福州市政府网站管理暂行办法》第三十六条(四)：是否存在错链和死链",
        "《宜君县政府网站政府信息发布规定》第十八条：对“无法访问、……功能链接不可用……”等情况进行全面检查，发现问题及时整改",
    ),
    examples=(
        Example('<a href="⟦http//www.qingshan.gov.cn/→http://www.qingshan.gov.cn/⟧">县政府网站</a>', "html"),
        Example('<a href="⟦http：//www.qingshan.gov.cn/→http://www.qingshan.gov.cn/⟧">县政府网站</a>', "html"),
        Example('<a href="⟦www.qingshan.gov.cn/a.html→http://www.qingshan.gov.cn/a.html⟧">县政府网站</a>', "html"),
        Example('<a href="⟦http://http://www.qingshan.gov.cn/→http://www.qingshan.gov.cn/⟧">县政府网站</a>', "html"),
        Example('<a href="⟦http://www.qingshan. gov.cn/→http://www.qingshan.gov.cn/⟧">县政府网站</a>', "html"),
        Example('<a href="⟦http://www.qingshan.gov.cn/a.html。→http://www.qingshan.gov.cn/a.html⟧">公告</a>', "html"),
        Example('<a href="⟦http://⟧">公告</a>', "html"),
        "请登录县政府网站(⟦http：//www.qingshan.gov.cn→http://www.qingshan.gov.cn⟧)查询。",
        "请登录县政府网站⟦http//www.qingshan.gov.cn/zwgk→http://www.qingshan.gov.cn/zwgk⟧查询。",
        "请登录县政府网站⟦www。qingshan。gov。cn→www.qingshan.gov.cn⟧查询。",
        "请登录县政府网站http://www.qingshan.gov.cn，查询进度。",
        "请登录县政府网站：http://www.qingshan.gov.cn/附件/1.doc。",
        Example('<a href="http://www.qingshan.gov.cn/附件1：申请表（空白）.doc">附件1</a>', "html"),
        Example('<a href="https://www.qingshan.gov.cn/go?url=http://www.gov.cn/">公告</a>', "html"),
        Example('<a href="t20241101_9.html">公告</a><a href="../zwgk/">公开</a>', "html"),
        "网站由http协议改为https协议，www是万维网的缩写。",
    ),
)  # fmt: skip
_HEAD = re.compile(
    r"(?<![a-z])(?:(?:https?|h{2,3}ttps?|ht{3,4}ps?|htp{1,2}s?|http{2,3}s?)[ \u3000]?(?:[：:；;]?)[ \u3000]?[/／\\]{1,3}(?=[a-z0-9])"
    r"|www(?:[。，．,]|\.(?=[a-z0-9-]{1,40}[。，．,])))"
    r"[a-z0-9.。，．,:：_-]{3,80}(?:/[!#-&(-;=?-Z\[\]_a-z~]{0,500})?",
    re.IGNORECASE,
)
_SOUND = re.compile(r"https?://[a-z0-9.-]{1,100}(?::\d{1,5})?(?![：。，．,][a-z0-9])", re.IGNORECASE)


def find(text: Text) -> Iterator[Finding]:
    """Links that no browser opens as meant, and addresses in the text that nobody can copy."""
    for place in page(text).odd:
        if place.address.kind == "broken":
            mended = place.address.mended
            # In the source of a page "&" is written "&amp;"; only a plain address can be put there as it is.
            plain = (
                mended if "&" not in mended and place.link is not None and place.link.via != "srcset" else ""
            )
            note = place.address.fault + "。" + (f"应为 {mended}" if mended and not plain else "")
            yield place.say(RULE, text, plain or None, note)
    if text.seen == "page" and ("http" in text.plain or "www" in text.plain or "htp" in text.plain):
        yield from _in_text(text)


def _in_text(text: Text) -> Iterator[Finding]:
    shown = [place.link.shown for place in page(text).links if place.link is not None]
    for match in _HEAD.finditer(text.as_written):
        written = match.group().rstrip(".。，．,;；:：!?)）")
        if _SOUND.match(written) or any(start <= match.start() < end for start, end in shown):
            continue
        www = written[:3].lower() == "www"
        one = address(f"http://{written}" if www else written)
        if one.kind != "broken" or not one.mended or one.mended.count(".") < 2:
            continue
        mended = one.mended.removeprefix("http://") if www else one.mended
        end = match.start() + len(written)
        yield RULE.at_written(text, match.start(), end, mended, note=f"{one.fault}。")
