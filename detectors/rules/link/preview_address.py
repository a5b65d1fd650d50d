"""A link to a preview, to the back office or to somebody's session."""

from __future__ import annotations

import re
from collections.abc import Iterator

from detectors.rule import Example, Finding, Rule
from detectors.rules.link._page import page
from detectors.text import Text

RULE = Rule(
    id="link.preview-address",
    title="链接是预览、后台或带登录凭据的地址",
    why="这是编辑在后台看到的地址：公众打不开，几小时后失效，有的还带着登录凭据。请换成正式发布后的网址。",
    basis=(
        "《宜君县政府网站政府信息发布规定》第十八条：对“无法访问、……功能链接不可用……”等情况进行全面检查，发现问题及时整改",
        "《福州市政府网站管理暂行办法》第三十六条(四)：是否存在错链和死链",
    ),
    examples=(
        Example('<a href="⟦https://cms.qingshan.gov.cn/preview/article/31.html⟧">公告</a>', "html"),
        Example('<a href="⟦/wcm/app/main.jsp?docid=31⟧">公告</a>', "html"),
        Example('<a href="⟦https://mp.weixin.qq.com/s?__biz=MzA&amp;tempkey=MTIz⟧">图文</a>', "html"),
        "稿件见⟦https://www.qingshan.gov.cn/article/31.html?preview=true⟧。",
        Example('<a href="⟦http://www.qingshan.gov.cn/a.do;jsessionid=9F0A77⟧">公告</a>', "html"),
        Example('<a href="https://www.qingshan.gov.cn/zwgk/31.html">公告</a>', "html"),
        Example('<a href="https://www.qingshan.gov.cn/onlinePreview?url=1.pdf">公告</a>', "html"),
        Example('<a href="https://www.qingshan.gov.cn/previews-2024/31.html">公告</a>', "html"),
        Example('<img src="https://www.qingshan.gov.cn/ueditor/php/upload/preview/31.jpg">', "html"),
        "本次展览预览（preview）时间为10月1日。",
    ),
)  # fmt: skip
_PATH = re.compile(
    r"/(?:preview(?:/|\.(?:jsp|do|aspx?|php|html?)\b|[?]|\Z)|wcm/(?:app|console|wcm_use)/|wp-admin/|admin/login|manager/login)"
    r"|;jsessionid=",
    re.IGNORECASE,
)
_QUERY = re.compile(
    r"[?&](?:(?:is)?preview=(?!0|false)|(?:token|access_token|tempkey|j?sessionid|phpsessid)=[^&#]{4})",
    re.IGNORECASE,
)


def find(text: Text) -> Iterator[Finding]:
    """Marks in the path and in the query; a picture may well lie in a folder of that name."""
    for place in page(text).places:
        one = place.address
        if not one.rest or one.kind not in {"web", "relative"}:
            continue
        if _PATH.search(one.rest):
            note = "地址属于预览页面或管理后台。"
        elif "?" in one.rest and _QUERY.search(one.rest):
            note = "地址带有预览标记或登录凭据。"
        else:
            continue
        if place.leads:
            yield place.say(RULE, text, note=note)
