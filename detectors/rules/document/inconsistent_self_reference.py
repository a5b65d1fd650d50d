"""A regulation that calls itself by two names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import regex

from detectors.rule import Finding, Rule
from detectors.text import Text

_HEAD = "青石县信息审核制度\n第一条 为规范审核，制定⟦本办法⟧。\n第二条 各单位适用本制度。\n"

RULE = Rule(
    id="document.inconsistent-self-reference",
    title="文件自称前后不一",
    why="同一份制度一会儿自称“本制度”，一会儿自称“本办法”，多半是套用旧稿没有改净，条款效力所指不明。",
    basis=(
        "《党政机关公文处理工作条例》第十九条（三）：内容简洁，主题突出，观点鲜明，结构严谨，表述准确，文字精练",
    ),
    examples=(
        _HEAD
        + "第三条 本制度所称信息，是指文字和图片。\n第四条 本制度由县政府办公室解释。\n第五条 本制度自印发之日起施行。",
        "第一条 制定本规定。\n第二条 本规定适用于全县。\n第三条 本规定所称单位。\n第四条 违反本规定的。\n第五条 ⟦本办法⟧自印发之日起施行。",
        "第一条 制定本办法。\n第二条 本办法适用于全县。\n第三条 本办法所称单位。\n第四条 违反本办法的。\n第五条 本办法自印发之日起施行。",
        "第一条 根据《档案管理办法》制定本细则。\n第二条 本细则适用于全县。\n第三条 甲。\n第四条 乙。\n第五条 本细则自印发之日起施行。",
        "各单位要对照本办法和本制度开展自查。",
        (
            "第一条 制定本细则。\n第二条 本细则适用。\n第三条 甲。\n第四条 乙。\n第五条 本细则施行。\n发布规定\n第一条 制定本规定。\n"
            "第二条 本规定适用。\n第三条 甲。\n第四条 乙。\n第五条 本规定施行。"
        ),
    ),
)
NEEDS = ("第五条",)

_SELF = regex.compile(
    r"(?<![基成根日原版样副剧资])本(?P<name>办法|制度|规定|细则|条例|规则|守则|章程|规程|准则)"
)
_FIRST = regex.compile(r"\n[ \t\u3000]*第一条(?!第|款|规定)")
_ARTICLE = regex.compile(r"\n[ \t\u3000]*第[一二三四五六七八九十百]{1,5}条")
# These turn round the meaning: 原规定, 规定 of another document.
_QUOTED = ("《", "“", "〈")
_MOST = 9


def find(text: Text) -> Iterator[Finding]:
    """Each document of a page by itself: a page may hold two regulations."""
    plain = "\n" + text.plain
    starts = [match.start() for match in _FIRST.finditer(plain)]
    for start, end in zip(starts, [*starts[1:], len(plain)][: len(starts)], strict=True):
        names: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for match in _SELF.finditer(plain, start, end):
            if not plain.endswith(_QUOTED, 0, match.start()):
                names[match["name"]].append((match.start() - 1, match.end() - 1))
        if (
            len(names) != 2
            or sum(1 for _ in zip(range(5), _ARTICLE.finditer(plain, start, end), strict=False)) < 5
        ):
            continue
        rare, usual = sorted(names, key=lambda name: len(names[name]))
        if len(names[rare]) == len(names[usual]):
            continue
        places = names[rare]
        note = f"全文自称“本{usual}”{len(names[usual])}处，“本{rare}”{len(places)}处，请统一。"
        yield RULE.at(text, *places[0], note=note, places=places[1 : _MOST + 1])
