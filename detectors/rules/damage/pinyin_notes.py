"""Readings in brackets behind characters: 準(zhǔn)確."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from detectors.rule import Finding, Rule
from detectors.rules.damage._note import one_note
from detectors.text import Text

RULE = Rule(
    id="damage.pinyin-notes",
    title="正文夹有拼音",
    why="转换字体或格式时，每个字后面被加上了拼音注音，有的连汉字也丢了，正文无法阅读、无法检索。",
    basis=(
        "《中华人民共和国政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
        "《大同市云州区人民政府网站信息审核发布制度》第十一条：杜绝政治错误、内容差错、技术故障",
    ),
    examples=(
        "要確保信息準⟦(zhǔn)⟧確、發(fā)布及時。",
        "县人民政府⟦?dāng)⟧公开的信息由办公室审核。",
        "要确保信息准确、发布及时。",
        "“亳”字读作亳（bó），不要写成“毫”。",
        "会议由李县长（男）主持，地点在A座（一楼）。",
        "拼音声调分为ā á ǎ à四种。",
    ),
)

_TONE = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_NOTE = regex.compile(
    rf"(?<=[\u3400-\u9fff])[(（](?=[a-zü]{{0,5}}[{_TONE}])[a-zü{_TONE}]{{1,6}}[)）]|[?？](?=[a-zü]{{0,5}}[{_TONE}])[a-zü{_TONE}]{{1,6}}[)）]"
)
_SOME = regex.compile("[à-ǜ]")  # all of them but ḿ and ň, which hardly stand alone


def find(text: Text) -> Iterator[Finding]:
    """One reading explains a rare character; two and more are damage, and so is one without its character."""
    written = text.as_written
    if not _SOME.search(written):
        return
    places = [match.span() for match in _NOTE.finditer(written)]
    if len(places) > 1 or (places and written[places[0][0]] in "?？"):
        yield one_note(RULE, text, places)
