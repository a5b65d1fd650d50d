"""A repost that names no source; a header whose source, author or date was left blank."""

import re
from collections.abc import Iterator

from detectors.rule import Example, Finding, Rule
from detectors.rules.source._printed import blank, head, is_repost, sources
from detectors.text import About, Text

SOURCE = Rule(
    id="source.missing-source",
    title="缺少信息来源",
    why="转载的信息没有注明来源，或页面印着“来源：”却是空白，读者无从判断出处，出了差错也无法追溯。",
    basis=(
        "《福州市政府网站管理暂行办法》第十三条：公开的信息应当做到要素完整，标注来源、发布时间",
        "《福州市政府网站管理暂行办法》第十四条（五）：发布或转载信息时，应注明来源，确保内容准确无误",
        "《宜君县政府网站与政务新媒体管理细则（征求意见稿）》第十二条（二）：不得发布来源不明信息",
    ),
    examples=(
        "2018-11-18 15:56 作者: ⟦来源:⟧\n【字体: 大 中 小】\n各县市人民政府：",
        "⟦来源：⟧ 发布时间：2024-05-01 浏览次数：86",
        Example(
            "⟦多地出台措施稳定生猪生产⟧\n近日，多地印发通知，稳定生猪生产。",
            about=About(category="转载", complete=True),
        ),
        Example(
            "多地出台措施稳定生猪生产\n来源：新华社\n近日，多地印发通知。",
            about=About(category="转载", complete=True),
        ),
        Example(
            "多地出台措施稳定生猪生产\n近日，多地印发通知。",
            about=About(category="转载", source_name="新华社", complete=True),
        ),
        Example(
            "我县召开防汛工作会议\n5月6日，我县召开防汛工作会议。",
            about=About(category="工作动态", complete=True),
        ),
        "信息来源：市统计局 发布时间：2023-04-18",
        "来源：\n云山县融媒体中心\n发布时间：2024-05-01",
        "第十三条 基金的主要来源：\n（一）财政拨款；",
    ),
)
AUTHOR = Rule(
    id="source.missing-author",
    title="作者空缺",
    why="页面印着“作者：”却没有填写，属于信息要素不完整；没有作者的，应当去掉这一栏。",
    basis=("《福州市政府网站管理暂行办法》第十三条：公开的信息应当做到要素完整，标注来源、发布时间",),
    examples=(
        "发布日期：2024-05-01 ⟦作者：⟧ 来源：云山县水利局",
        "⟦作者:⟧\n来源:云山县林业局\n入夏以来，全县……",
        "作者：陈一禾 来源：云山县水利局",
        "作者：陈一禾\n来源：云山县林业局",
        "征文须注明作者、单位和联系电话。",
    ),
)
DATE = Rule(
    id="source.missing-date",
    title="发布时间空缺",
    why="页面印着“发布时间：”却没有填写，读者无从判断信息是否还有效。",
    basis=("《福州市政府网站管理暂行办法》第十三条：公开的信息应当做到要素完整，标注来源、发布时间",),
    examples=(
        "来源：云山县水利局 ⟦发布时间：⟧ 浏览次数：12",
        "⟦发布日期：⟧\n来源：云山县林业局\n入夏以来，全县……",
        "来源：云山县水利局 发布时间：2024-05-01 10:30",
        "发布时间：5月1日",
        "招标公告的发布时间为5月1日。",
    ),
)
RULES = (SOURCE, AUTHOR, DATE)

_AUTHOR = re.compile(r"作\s{0,4}者[ ]{0,2}:")
_DATE = re.compile(r"(?:发布|发稿|更新)(?:时间|日期)[ ]{0,2}:")
_ANY_DATE = re.compile(r"[间期][ ]{0,2}:")  # three times as fast, and most pages end there


def find(text: Text) -> Iterator[Finding]:
    """Blank labels, and for a repost of which everything is known, no source anywhere."""
    plain = text.plain
    named = False
    for printed in sources(plain):
        named = named or bool(printed.name)
        if not printed.name:
            label = plain[printed.start : printed.name_end].rstrip()
            yield SOURCE.at(text, printed.start, printed.start + len(label))
    yield from (AUTHOR.at(text, *place) for place in blank(plain, _AUTHOR))
    if _ANY_DATE.search(plain):
        yield from (DATE.at(text, *place) for place in blank(plain, _DATE))
    about = text.about
    if about.complete and is_repost(text) and not (about.source_name or named):
        place = head(text)
        if place is not None:
            note = "送审时填了原文链接，未填来源名称。" if about.source_url else "送审类别为转载，未填来源。"
            yield SOURCE.at(text, *place, note=note)
