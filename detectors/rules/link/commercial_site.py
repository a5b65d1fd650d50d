"""A link to a site that is no government site and that nobody approved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.rule import Example, Find, Finding, Rule
from detectors.rules.link._hosts import Entry, hosts
from detectors.rules.link._page import Place, page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.known import Known
    from detectors.rules.link._address import Host
    from detectors.text import Text

RULE = Rule(
    id="link.commercial-site",
    title="链接到商业网站或未经批准的网站",
    why="政府网站不得链接商业网站和商业广告页面。读者会把链接当作政府的推荐，对方页面日后改成什么内容也不受控制。",
    basis=(
        "《宜君县政府网站政府信息发布规定》第九条：政府网站不得链接商业网站，不得刊登商业广告或链接商业广告页面",
        "《宜君县政府网站与政务新媒体管理细则》第十二条(二)：不得刊登商业广告或链接商业广告页面",
        "《福州市政府网站管理暂行办法》第三十六条(四)：网站链接是否经过管理部门审核",
    ),
    examples=(
        Example('<p>报名请点击<a href="⟦https://www.qingshan-baoming.com/apply?id=3⟧">报名入口</a>。</p>', "html"),
        Example('<p>农产品可<a href="⟦https://item.taobao.com/item.htm?id=990000⟧">在线选购</a>。</p>', "html"),
        Example('<iframe src="⟦//player.qingshan-video.com/embed/9⟧"></iframe>', "html"),
        Example("详情见[活动页面](⟦https://www.qingshan-baoming.com/a⟧)。", "markdown"),
        "考生可登录⟦http://www.qingshan-kaoshi.com/bm⟧填写报名表。",
        "更多信息请访问⟦www.qingshan-kaoshi.com⟧，咨询电话见附件。",
        Example('<p><a href="⟦https://approved-for-a-time.example/a⟧">活动页面</a></p>', "html"),
        Example('<p>全文见<a href="https://www.gov.cn/zhengce/content.htm">中国政府网</a>。</p>', "html"),
        Example('<p>据<a href="http://www.news.cn/politics/c.htm">新华网</a>报道。</p>', "html"),
        Example('<p>名单见<a href="/zwgk/202411/t20241101_9.html">附件</a>，<a href="#top">返回顶部</a>。</p>', "html"),
        Example('<p>参见<a href="http://北京.政务.cn/">北京市</a>、<a href="https://www.tsinghua.edu.cn/">清华大学</a>。</p>', "html"),
        Example('<p><img src="https://img.qingshan-pic.com/1.jpg">与<a href="mailto:tj@qingshan.com">邮箱</a></p>', "html"),
        "政策全文已在县政府网站（http://www.qingshan.gov.cn）公布，可发邮件至 tj@qingshan-mail.com 反映。",
        "该公司运营的青山优品（qingshanyoupin.com）等平台共有商户300家，同比增长1.2倍。",
    ),
)  # fmt: skip
_STRANGE = {"commercial", "unknown", "lapsed"}


def prepare(known: Known) -> Find:
    """With the operator's table of domains."""
    table = hosts(known)

    def find(text: Text) -> Iterator[Finding]:
        """One finding for each strange domain, with all places where it stands."""
        if text.seen != "page":
            return
        by_domain: dict[str, list[Place]] = {}
        told: dict[str, str] = {}
        for place in page(text).named:
            host = place.host
            if place.bare or not place.leads:
                continue
            entry = table.of(host, text.about.published_on)
            if entry.kind in _STRANGE:
                by_domain.setdefault(host.domain, []).append(place)
                told.setdefault(host.domain, _why(host, entry))
        for domain, places in by_domain.items():
            yield places[0].once(RULE, text, places[1:], told[domain])

    return find


def _why(host: Host, entry: Entry) -> str:
    if entry.kind == "commercial":
        return f"{host.shown} 是商业网站（{entry.why or entry.domain}）。"
    if entry.kind == "lapsed":
        until = f"，有效期至{entry.until:%Y-%m-%d}" if entry.until else ""
        return f"{host.shown} 的批准不在有效期内{until}。"
    return f"{host.shown} 不是政府网站，也不在批准链接名单和稿源名单里。确需链接的，先报批并列入名单。"
