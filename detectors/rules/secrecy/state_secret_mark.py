"""The mark of a state secret: 机密★10年 in all its spellings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import regex

from detectors.rule import Example, Finding, Rule
from detectors.rules.secrecy._header import LEVEL, header, is_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="secrecy.state-secret-mark",
    title="国家秘密标志",
    why="文中带有国家秘密标志，说明原件定过密。涉密内容上网即构成泄密；即使已经解密，也须先核实解密手续并去掉标志。",
    basis=(
        (
            "《保守国家秘密法》第二十二条：涉及国家秘密的电子文件应当按照国家有关规定作出国家秘密标志；"
            "不属于国家秘密的，不得作出国家秘密标志"
        ),
        "《保守国家秘密法》第三十五条：机关、单位应当依法对拟公开的信息进行保密审查",
        "《保守国家秘密法实施条例》第四十二条：按照先审查、后公开的原则，对拟公开的信息逐项进行保密审查",
    ),
    examples=(
        "⟦机密★10年⟧\n临江县人民政府文件\n临政发〔2024〕3号",
        "关于全县重点目标防护情况的报告(⟦秘密★5年⟧)",
        "⟦绝 密 ★ 30 年⟧ 000012",
        "⟦机密&#9733;长期⟧ 请按规定管理。",
        Example("<p>⟦秘密&#9733;一年⟧</p><p>各乡镇党委：</p>", format="html"),
        "附件2封面标注⟦机密★会议开始前⟧，请会后收回。",
        "⟦【机密】⟧关于开展专项排查工作的通知",
        "关于开展专项排查工作的通知⟦(秘密)⟧",
        "⟦密级：机密⟧　　保密期限：20年",
        "⟦秘密*5年⟧\n临江县委办公室",
        "⟦【机密·10年】⟧\n关于应急物资储备情况的报告",
        "⟦秘密※5年⟧\n临江县委办公室",
        "⟦【已解密】⟧\n关于应急物资储备情况的报告",
        "⟦解密⟧\n临江县委办公室文件\n临办发〔2010〕3号",
        "解密\n古蜀王国的黄金面具",
        "国家秘密标志的形式为“密级★保密期限”，如“机密★10年”，应当标注在首页左上角。",
        "下列国家秘密标志写法正确的是(　)：A.秘密★10年　B.秘密10年",
        "国家秘密的密级分为绝密、机密、秘密三级，绝密级不超过三十年。",
        "县委保密办开展保密宣传教育，讲解“绝密”“机密”“秘密”的划分标准。",
        "投标人须具有涉密信息系统集成乙级(机密级)资质，密级：非密。",
        "★秘密花园景区10年庆典周末开幕。",
        "核心商密▲5年",
    ),
)
NEEDS = ("密",)

_STARS = re.compile(r"[★☆✩✪✭✮✯⭐❋⚝]|&#9733|&#x2605|&starf?;|&bigstar;")
_STAR = r"(?:[★☆✩✪✭✮✯⭐❋⚝]|&#9733;?|&#x2605;?|&starf?;|&bigstar;)"
_TERM = (
    r"(?:\d{1,2}[ \t]{0,2}(?:年|个?月|日|天)|[一二三四五六七八九十]{1,3}(?:年|个月)|长期|永久"
    r"|(?:19|20)\d\d年\d{1,2}月(?:\d{1,2}日)?前?|[\u4e00-\u9fff]{1,12}(?:前|后(?!收)))"
)
_MARK = regex.compile(
    rf"{LEVEL}[ \t]{{0,4}}{_STAR}(?:[ \t]{{0,2}}{_STAR}){{0,3}}(?:[ \t]{{0,4}}{_TERM})?|{_STAR}[ \t]{{0,2}}{LEVEL}(?={_STAR}|[ \t]{{0,4}}\d{{1,2}}年)"
)  # fmt: skip
# Forms that count only as a line of the head, or at its edge.
_SIGN = r"[ \t]{0,2}[*·•※●◆—/-]?[ \t]{0,2}"
_WITH_TERM = rf"{LEVEL}{_SIGN}(?:\d{{1,2}}(?:年|个月)|长期)"
_BRACKETED = regex.compile(
    rf"^[【\[(〔](?:{LEVEL}|{_WITH_TERM})[】\])〕]|[【\[(〔](?:{LEVEL}|{_WITH_TERM})[】\])〕]$"
)
_LABELLED = regex.compile(
    rf"^(?:文件|信息|文档)?密[ \t]{{0,4}}级[ \t]{{0,2}}[:\t ][ \t]{{0,4}}{LEVEL}(?![ \t]{{0,2}}[□、/或以])"
)
_PLAIN_TERM = regex.compile(rf"^{_WITH_TERM}$")
_RELEASED = regex.compile(
    r"^[【\[(〔]?(?:(?:[本此]件)?已解密|解除密级|原密级[: ].{2,12})[】\])〕]?(?:\d{4}年\d{1,2}月\d{1,2}日)?$"
)
_STAMP = regex.compile(r"[【\[(〔]?解[ \t]{0,4}密[】\])〕]?")  # alone it is also the head of a story

# A mark that is spoken about: quoted or one of several options, with words about marks around it.
_LESSON = regex.compile(
    r"标志|标注|标识|标明|标为|形式|格式|样式|例如|比如|写作|写法|表示|正确|错误|含义|下列|以下"
)
_ASK = "这是解密或变更后的标记，须核实解密手续。"
_QUOTE = "“\"'‘「『.、．)"


def find(text: Text) -> Iterator[Finding]:
    """Marks with a star anywhere; the weaker forms only in the head of the document."""
    plain = text.plain
    marks = _MARK.finditer(plain) if _STARS.search(plain) else ()
    starred = [mark.span() for mark in marks if not _is_lesson(plain, *mark.span())]
    for start, end in starred:
        yield RULE.at(text, start, end)
    lines = tuple(header(text))
    for line in lines:
        if "密" not in line.letters:
            continue
        if _STAMP.fullmatch(line.letters) and is_document(lines, line):
            yield RULE.at(text, line.start, line.end, note=_ASK)
        for form in (_BRACKETED, _LABELLED, _PLAIN_TERM, _RELEASED):
            hit = form.search(line.letters)
            if hit is None:
                continue
            start, end = line.start + hit.start(), line.start + hit.end()
            if not any(start < stop and begin < end for begin, stop in starred):
                note = _ASK if form is _RELEASED else ""
                yield RULE.at(text, start, end, note=note)
            break


def _is_lesson(plain: str, start: int, end: int) -> bool:
    if not start or plain[start - 1] not in _QUOTE:
        return False
    return _LESSON.search(plain, max(0, start - 60), min(len(plain), end + 30)) is not None
