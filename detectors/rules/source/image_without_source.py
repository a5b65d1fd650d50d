"""A repost with pictures, and nobody named who took them."""

import re
from collections.abc import Iterator

from detectors.rule import Example, Finding, Rule
from detectors.rules.source._printed import is_repost
from detectors.text import About, Text

RULE = Rule(
    id="source.image-without-source",
    title="转载图片未注明来源",
    why="图片有单独的著作权。转载的图片没有注明作者或来源，容易引起版权纠纷和索赔。",
    basis=("《宜君县政府网站政府信息发布规定（征求意见稿）》第九条：不得使用可能存在潜在版权纠纷或争议的文档、图片、视频",),
    examples=(
        Example(
            '<p>立夏时节，草木葱茏。</p><p><img src="⟦/upload/a.jpg⟧"></p>', "html",
            About(category="转载", source_name="青禾日报", unit="云山县林业局"),
        ),
        Example("立夏时节，草木葱茏。\n\n![](⟦https://img.qinghe-news.cn/a.jpg⟧)\n", "markdown", About(category="转载")),
        Example(
            '<p>立夏时节，草木葱茏。陈一禾 摄</p><p><img src="/upload/a.jpg"></p>', "html",
            About(category="转载", source_name="青禾日报", unit="云山县林业局"),
        ),
        Example('<p>5月6日，我局开展巡护。</p><p><img src="/upload/a.jpg"></p>', "html", About(category="工作动态")),
        Example("<p>立夏时节，草木葱茏。</p>", "html", About(category="转载", source_name="青禾日报")),
        Example(
            '<p>立夏时节。</p><p><img src="/upload/a.jpg"></p><p>图片来源：青禾日报</p>', "html", About(category="转载"),
        ),
    ),
)  # fmt: skip

_CREDIT = re.compile(
    r"摄影|[^拍]摄(?![像制取氏])|供图|图片来?源|图源|图[/／丨|:]|图据|绘图|制图|图文来?源|资料图|海报|设计[:/]|视觉中国|制作[:/]"
)


def find(text: Text) -> Iterator[Finding]:
    """The first picture of a repost that credits no picture."""
    if not is_repost(text):
        return
    pictures = [link for link in text.links if (link.tag == "img" and link.via == "src") or link.tag == "!"]
    if pictures and not _CREDIT.search(text.plain):
        yield RULE.at_source(
            text, pictures[0].span, note=f"本篇共有 {len(pictures)} 张图片。" if len(pictures) > 1 else ""
        )
