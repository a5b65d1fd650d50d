"""A link to an account or article on a social platform: whose is it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.rule import Example, Find, Finding, Rule
from detectors.rules.link._hosts import hosts
from detectors.rules.link._page import Place, page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.known import Known
    from detectors.text import Text

RULE = Rule(
    id="link.platform-page",
    title="链接到社交平台的文章或账号",
    why="平台上既有政务账号，也有商业和个人账号，只看网址分不出来。请打开核实账号主体，转载的还要核对是否属于规定的稿源。",
    basis=(
        "《宜君县政府网站与政务新媒体管理细则》第十七条(三)：原则上只转载党委和政府网站以及有关主管部门确定的稿源单位发布的信息",
        "《福州市政府网站管理暂行办法》第三十六条(四)：网站链接是否经过管理部门审核",
    ),
    examples=(
        Example('<p><a href="⟦https://mp.weixin.qq.com/s/9xYzAbC⟧">图文解读</a></p>', "html"),
        "视频见⟦https://www.bilibili.com/video/BV99⟧。",
        Example('<p><a href="https://www.qingshan.gov.cn/s/9xYzAbC">图文解读</a></p>', "html"),
        Example('<p><img src="https://wx.sinaimg.weibo.com/1.jpg">微博</p>', "html"),
        "请关注“青山发布”微信公众号、微博和抖音号。",
    ),
)  # fmt: skip


def prepare(known: Known) -> Find:
    """With the table of domains."""
    table = hosts(known)

    def find(text: Text) -> Iterator[Finding]:
        """One finding for each platform, with all places where it stands."""
        by_name: dict[str, list[Place]] = {}
        for place in page(text).named:
            host = place.host
            if len(place.address.rest) < 2 or not place.leads or text.seen != "page":
                continue
            entry = table.of(host, text.about.published_on)
            if entry.kind == "platform":
                by_name.setdefault(entry.why or entry.domain, []).append(place)
        for name, places in by_name.items():
            yield places[0].once(RULE, text, places[1:], f"{name}，共 {len(places)} 处。")

    return find
