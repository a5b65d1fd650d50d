"""A paper that was classed as not for the public: 此件不予公开, 公开方式：依申请公开."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from detectors.rule import Example, Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="disclosure.non-public-class",
    title="公开属性为不公开或依申请公开",
    why="制文时已确定本件不予公开或者只依申请公开，主动发布与公开属性相抵触，须先由制文单位变更公开属性。",
    basis=(
        "《政府信息公开条例》第十三条：行政机关公开政府信息，采取主动公开和依申请公开的方式",
        "《政府信息公开条例》第十四条、第十五条、第十六条：不予公开、不得公开、可以不予公开的政府信息",
        "《政府信息公开条例》第十七条：应当依法对拟公开的政府信息进行审查",
    ),
    examples=(
        "临江县人民政府办公室\n2024年3月5日\n(⟦此件不予公开⟧)",
        "（⟦此件依申请公开⟧）",
        "⟦此 件 不 公 开⟧",
        "⟦公开方式：不予公开⟧　　联系人：办公室",
        "⟦信息公开选项：依申请公开⟧",
        "⟦公开属性：免予公开⟧",
        "公开方式：□主动公开　⟦☑依申请公开⟧　□不予公开",
        Example("<table><tr><td>⟦公开类别</td><td>不予公开⟧</td></tr></table>", format="html"),
        "⟦是否主动公开：否⟧",
        "⟦此件不宜公开发布⟧，请各单位注意。",
        "（⟦此件不予公布⟧）",
        "临江县财政局\n2024年3月5日\n⟦（不予公开）⟧",
        "⟦是否公开：不公开⟧",
        "⟦主动公开：否⟧",
        "(此件公开发布)",
        "(此件主动公开)",
        "公开方式：主动公开",
        "行政机关公开政府信息，采取主动公开和依申请公开的方式。",
        "经审查，您申请的信息属于内部事务信息，我局决定不予公开。",
        "公开方式：□主动公开　□依申请公开　□不予公开",
        "公开方式：主动公开、依申请公开、不予公开三种，由承办科室提出。",
        "案件审理方式：不公开开庭审理。",
        "是否主动公开：是",
    ),
)
NEEDS = ("公开", "公 开", "不予公布", "不得公布", "不宜公布", "不对外公布")

_S = r"[ \t]{0,3}"
_NO = (
    rf"(?:依{_S}申{_S}请{_S}公{_S}开|不{_S}予{_S}公{_S}开|免{_S}予{_S}公{_S}开|不{_S}公{_S}开|暂{_S}不{_S}公{_S}开"
    r"|非公开|内部公开|不[宜予]公[开布](?:发布)?|不对外公[开布]|不得公[开布](?:发布)?)"
)
_CLASS = regex.compile(
    rf"此{_S}件{_S}(?:属于|属|为)?{_S}{_NO}"
    # one label, one value; a list of all values is a form or an explanation
    rf"|公开(?:方式|属性|类别|形式|选项|类型|性质)[\]】]?[ \t]{{0,3}}[:\t ][ \t\n]{{0,3}}[☑√✔■☒]?{_NO}(?!{_S}[、/或和,]{_S}(?:主动|依申请|不予|免予|不公开))"
    rf"|☑{_S}{_NO}|√[)\]]?{_S}{_NO}|✔[)\]]?{_S}{_NO}|■{_S}{_NO}|☒{_S}{_NO}"
    r"|是否(?:主动|对外|予以)?公开[ \t]{0,3}[:\t][ \t\n]{0,3}(?:否|不予?公开|不)(?![\u4e00-\u9fff])"
    r"|(?<![\u4e00-\u9fff])主动公开[ \t]{0,3}[:\t][ \t]{0,3}否(?![\u4e00-\u9fff])"
    r"|(?m:^)(?<=\n)[ \t]{0,9}[(\[【](?:依申请公开|不予公开|免予公开|不公开)[)\]】](?=[ \t]{0,9}(?m:$))"
)


def find(text: Text) -> Iterator[Finding]:
    """Stamps, labelled values and ticked boxes; sentences about disclosure stay silent."""
    plain = text.plain
    for hit in _CLASS.finditer(plain):
        if plain[hit.start()] in "☑√✔■☒" and not _is_choice(plain, hit.start()):
            continue
        start = (
            hit.start()
            + len(hit[0])
            - len(hit[0].lstrip())
            - 2 * (hit[0].startswith("公") and plain.endswith("信息", 0, hit.start()))
        )
        yield RULE.at(text, start, hit.end())


def _is_choice(plain: str, at: int) -> bool:
    """A ticked box counts in the line of a disclosure label, not in somebody's list of good points."""
    line = max(0, at - 40, plain.rfind("\n", max(0, at - 40), at) + 1)
    return "公开" in plain[line:at] or "主动公开" in plain[at : at + 40]
