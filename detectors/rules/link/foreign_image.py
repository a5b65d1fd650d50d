"""A picture or film that the page takes from somebody else's site."""

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
    id="link.foreign-image",
    title="图片、音视频引自外站",
    why="图片没有存到本站，而是直接引用别人的网站：来源和版权说不清，对方删除或改换图片时本页随之变化。请取得许可后上传到本站并注明来源。",
    basis=("《宜君县政府网站政府信息发布规定》第九条：不得使用可能存在潜在版权纠纷或争议的文档、图片、视频",),
    examples=(
        Example('<p><img src="⟦https://pic.qingshan-photo.com/99.jpg⟧"></p>', "html"),
        Example('<p><img data-src="⟦https://mmbiz.qpic.cn/mmbiz_jpg/99/640⟧"></p>', "html"),
        Example("![现场](⟦https://pic.qingshan-photo.com/99.jpg⟧)", "markdown"),
        Example('<p><img src="/upload/202411/99.jpg"><img src="https://www.qingshan.gov.cn/99.jpg"></p>', "html"),
        Example('<p><img src="http://www.news.cn/99.jpg"></p>', "html"),
        Example('<p><a href="https://pic.qingshan-photo.com/99.jpg">原图</a></p>', "html"),
        Example('<p><img src="data:image/png;base64,iVBORw0KGgo="></p>', "html"),
    ),
)  # fmt: skip
_STRANGE = {"unknown", "commercial", "platform", "lapsed", "short"}
_NOTES = {"qpic.cn": "这是微信公众平台的图片，离开微信多显示“未经允许不可引用”。"}


def prepare(known: Known) -> Find:
    """With the table of domains."""
    table = hosts(known)

    def find(text: Text) -> Iterator[Finding]:
        """One finding for each domain, with all places where it stands."""
        by_domain: dict[str, list[Place]] = {}
        for place in page(text).named:
            host = place.host
            if place.shows and table.of(host, text.about.published_on).kind in _STRANGE:
                by_domain.setdefault(host.domain, []).append(place)
        for domain, places in by_domain.items():
            note = _NOTES.get(
                domain, f"共 {len(places)} 处引自 {domain}；若是本单位的存储空间，请列入域名表。"
            )
            yield places[0].once(RULE, text, places[1:], note)

    return find
