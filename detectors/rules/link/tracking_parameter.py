"""A link that tells somebody who sent the reader."""

from __future__ import annotations

import re
from collections.abc import Iterator

from detectors.rule import Example, Finding, Rule
from detectors.rules.link._page import Place, page
from detectors.text import Text

RULE = Rule(
    id="link.tracking-parameter",
    title="链接带推广、返利或跟踪参数",
    why="链接里带着推广编号、邀请码或跟踪参数：读者点开就替人计数、返利，等于为商家做推广。请删去参数，只留网页本身的地址。",
    basis=(
        "《宜君县政府网站与政务新媒体管理细则》第十二条(二)：不得刊登商业广告或链接商业广告页面",
        "《六安市统计局政务新媒体管理暂行办法》第二十一条(一)：不得利用政务新媒体发布、链接涉及商业广告(软文)的信息页面",
    ),
    examples=(
        Example(
            '<a href="⟦https://www.qingshan-shop.com/p/9?utm_source=zf&amp;id=3→https://www.qingshan-shop.com/p/9?id=3⟧">展销</a>',
            "html",
        ),
        Example(
            '<a href="⟦https://s.qingshan-shop.com/g?id=3&amp;pid=mm_99_1_2→https://s.qingshan-shop.com/g?id=3⟧">展销</a>', "html"
        ),
        "请下载客户端：⟦https://www.qingshan-app.com/d?inviteCode=990→https://www.qingshan-app.com/d⟧。",
        Example('<a href="https://www.qingshan.gov.cn/a?spm=zfw.1&amp;id=3">公告</a>', "html"),
        Example('<a href="https://www.qingshan-shop.com/p/9?id=3&amp;pid=9">展销</a>', "html"),
        Example('<a href="https://mp.weixin.qq.com/s?__biz=MzA&amp;mid=22&amp;scene=21#rd">图文</a>', "html"),
        "邀请码（inviteCode）由系统自动生成，不得转让。",
    ),
)  # fmt: skip
_NAME = re.compile(
    r"(?:utm_(?:source|medium|campaign|term|content|id)|gclid|fbclid|msclkid|yclid|bd_vid|spm|scm|ali_trackid|ali_refid"
    r"|clickid|unionid|union_id|aff(?:iliate)?_?id|invite_?code|inviter(?:_?id)?|invitation_?code|referral_?code"
    r"|share_(?:token|uid|user_id|source)|promoter_?id|distributor_?id|tuiguang|channel_?code)=[^&#]|pid=mm_",
    re.IGNORECASE,
)
_LIKELY = re.compile(rf"[?&;](?:{_NAME.pattern})", re.IGNORECASE)


def find(text: Text) -> Iterator[Finding]:
    """Parameters of hosts that are no government's: on its own site a mark counts only its own readers."""
    for place in page(text).named:
        if "?" in place.address.rest and place.leads and _LIKELY.search(place.address.rest):
            written = _written(place, text)
            names = [part.partition("=")[0] for part in _parts(written) if _NAME.match(part)]
            if names:
                note = f"参数 {'、'.join(names[:5])} 用于推广或跟踪。"
                yield place.say(RULE, text, _without(written), note)


def _written(place: Place, text: Text) -> str:
    if place.link is not None:
        return text.source[place.link.span.start : place.link.span.end]
    start, end = text.written(place.start, place.end)
    return text.as_written[start:end]


def _parts(written: str) -> list[str]:
    return re.split(r"&(?:amp;)?", written.partition("#")[0].partition("?")[2])


def _without(written: str) -> str:
    head, hash_, fragment = written.partition("#")
    path, _, _ = head.partition("?")
    kept = [part for part in _parts(written) if not _NAME.match(part)]
    between = "&amp;" if "&amp;" in written else "&"
    return path + ("?" + between.join(kept) if any(kept) else "") + hash_ + fragment
