"""What an editor's word processor left behind: 批注[A1], <del>…</del>, 删除的内容：."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import regex

from detectors.matcher import matcher
from detectors.rule import Example, Finding, Rule
from detectors.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="disclosure.revision-residue",
    title="修订、批注残留",
    why="稿件带着修改痕迹或批注，内部意见会被读者看到，被删掉的内容也可能还在源代码里。请接受全部修订、删去批注后再发。",
    basis=(
        "《政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
        "《政府信息公开条例》第十六条：讨论记录、过程稿等过程性信息可以不予公开",
    ),
    examples=(
        "各乡镇要加强值班值守。⟦批注[A1]：⟧这句话重复，建议删去。",
        "⟦删除的内容：⟧原定于5月召开",
        "⟦带格式的：⟧字体：仿宋_GB2312，三号",
        "⟦[王1]批注⟧数字请再核一遍。",
        Example("<p>投资⟦<del>3亿元</del>⟧⟦<ins>2.8亿元</ins>⟧。</p>", format="html"),
        Example('<p>会议强调⟦<span class="msoDel">，要严肃问责</span>⟧。</p>', format="html"),
        Example("<p>正文。</p>⟦<!--[if !supportAnnotations]-->⟧", format="html"),
        "⟦已设置格式：⟧缩进：首行缩进2字符",
        "全县粮食总产量稳步增长。⟦【修改意见：⟧这一段建议删掉】",
        "⟦（此处建议删去）⟧各乡镇要加强值班值守。",
        "各乡镇要加强值班值守⟦（张局意见：⟧改为“压紧压实”）。",
        "第三条修改为：“……。”（此处修改自公布之日起施行）",
        "县委书记在批示件上批注了三条意见，要求限期落实。",
        "古籍批注本《临江志》首次展出。",
        "批注：本书采用三色套印。",
        "对文件中删除的内容作了说明。",
        Example("<p>原价100元<s>120元</s></p>", format="html"),
        Example("<p><inspect>质量检查</inspect>已完成。</p>", format="html"),
        "本办法删除的内容有三处。",
    ),
)

_WORDS = regex.compile(
    r"批注[ \t]{0,2}[\[【(][ \t]{0,2}[\u4e00-\u9fffa-z]{1,8}[ \t]{0,2}\d{1,3}[ \t]{0,2}[\]】)][ \t]{0,2}:?|\[[\u4e00-\u9fffa-z]{1,8}\d{1,3}\][ \t]{0,2}批注"
    r"|comment[ \t]?\[[a-z\u4e00-\u9fff]{1,8}\d{1,3}\][ \t]{0,2}:?"
    r"|[\[【(](?:修改意见|修改建议|审稿意见|校对意见|编辑备注|审核备注|[\u4e00-\u9fff]{1,2}(?:局|主任|书记|县长|市长|部长|科长|处长)(?:意见|批示|修改)):"
    r"|[\[【(](?:此处|此段|此句|这一?段|这一?句|本段|该段|这里)(?:话|文字|内容)?(?:可以?|请|要|应|建议|是否|需要?)?[^】)\]\n,。自]{0,4}(?:删除|删掉|删去|重写|核实|再核)[^】)\]\n,。“]{0,6}[】)\]]"
    r"|(?m:^)[ \t]{0,9}(?:删除的内容|插入的内容|带格式的|已设置格式|设置了格式|deleted|formatted)[ \t]{0,2}:"
)
_CUES = matcher(
    (
        *(
            "批注",
            "comment",
            "删除的内容",
            "插入的内容",
            "带格式的",
            "已设置格式",
            "设置了格式",
            "deleted",
            "formatted",
        ),
        *("意见:", "建议:", "备注:", "批示:", "修改:"),
        *(bracket + this for bracket in "【([" for this in "此这本该"),
    )
)
# Source: <del> and <ins> with what they hold, Word's classes and its comment anchors.
_TAGS = re.compile(
    r"<(?P<tag>ins|del)(?:\s[^<>]{0,300})?>[^<>]{0,200}(?:</(?P=tag)>)?"
    r"|<(?P<word>span|p|div|a)\s(?=[^<>]{0,300}?(?:class=[\"']?mso(?:ins|del|comment\w{0,20})\b|mso-element:[ ]?comment|mso-comment-))[^<>]{0,400}>(?:[^<>]{0,200}</(?P=word)>)?"
    r"|<!--\[if !supportannotations\]-->",
    re.IGNORECASE,
)
_SOURCE_CUES = (
    "<del",
    "<ins",
    "<DEL",
    "<INS",
    "msoIns",
    "msoDel",
    "msoins",
    "msodel",
    "omment",
    "supportAnnotations",
)


def find(text: Text) -> Iterator[Finding]:
    """Words of a word processor in any view, its tags once in the source."""
    plain = text.plain
    if _CUES.find(plain):
        for hit in _WORDS.finditer(plain):
            start = hit.start() + len(hit[0]) - len(hit[0].lstrip())
            yield RULE.at(text, start, hit.end())
    if text.seen == "page" and text.body_format == "html" and any(cue in text.source for cue in _SOURCE_CUES):
        for hit in _TAGS.finditer(text.source):
            yield RULE.at_source(text, Span(*hit.span()))
