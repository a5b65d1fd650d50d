"""A policy document without its interpretation, and an interpretation without its document."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from detectors.rule import Example, Finding, Rule
from detectors.text import About, Text

_DOCUMENT = About(category="政策文件", complete=True)
_READING = About(category="政策解读", complete=True)
_BASIS = (
    "《宜君县政府网站与政务新媒体管理细则》（征求意见稿）第十四条（三）：应同步发布多角度、多形式的政策解读产品，同时做好政策文件与解读材料的相互关联",
    "《湘西自治州政府网站管理和内容保障暂行办法》第十条：主要政策文件出台时，要在政府网站同步推出解读文章等",
)

NO_INTERPRETATION = Rule(
    id="document.interpretation-missing",
    title="政策文件未关联解读",
    why="重要政策文件应当与解读同步发布、互相链接；只发文件不发解读，群众看不懂，也是政务公开考核的扣分项。",
    basis=_BASIS,
    examples=(
        Example(
            "⟦青政发〔2024〕5号⟧\n关于印发就业补助办法的通知\n各乡镇人民政府：现印发给你们，请执行。",
            about=_DOCUMENT,
        ),
        Example("⟦青政办发〔2024〕15号⟧\n关于加强防汛工作的通知。", about=_DOCUMENT),
        Example(
            "青政发〔2024〕5号\n关于印发就业补助办法的通知。\n政策解读：一图读懂就业补助办法", about=_DOCUMENT
        ),
        Example("青政发〔2024〕5号\n关于印发就业补助办法的通知。", about=About(category="政策文件")),
        Example("青政发〔2024〕5号文件已经公布。", about=About(category="工作动态", complete=True)),
        Example("关于五一假期值班安排的提示。", about=_DOCUMENT),
    ),
)
NO_DOCUMENT = Rule(
    id="document.interpreted-document-missing",
    title="政策解读未关联文件",
    why="解读要让读者找得到原文；页面上既没有文件名称也没有链接，读者不知道解读的是哪一份文件。",
    basis=_BASIS,
    examples=(
        Example("⟦一图读懂⟧\n新办法提高了补助标准，简化了申领手续。", about=_READING),
        Example("⟦就业补助政策问答⟧\n问：谁可以申领？答：登记失业人员。", about=_READING),
        Example("一图读懂《青石县就业补助办法》\n新办法提高了补助标准。", about=_READING),
        Example(
            '<p>一图读懂</p><p><a href="/zcwj/5.html">查看政策原文</a></p>', format="html", about=_READING
        ),
        Example("一图读懂\n新办法提高了补助标准。", about=About(category="政策解读")),
        Example("就业补助政策问答\n依据青政发〔2024〕5号文件。", about=_READING),
    ),
)
RULES = (NO_INTERPRETATION, NO_DOCUMENT)

_NUMBER = regex.compile(r"[^\W\d_]{1,12}〔(?:19|20)\d{2}〕\d{1,4}号")
_READINGS = ("解读", "一图读懂", "一问一答", "政策问答", "图解")


def find(text: Text) -> Iterator[Finding]:
    """Only where the sender has said everything: then nothing said is nothing there."""
    about = text.about
    if not about.complete:
        return
    plain = text.plain
    if about.category == "政策文件":
        number = _NUMBER.search(plain)
        if number and not any(word in plain for word in _READINGS):
            yield NO_INTERPRETATION.at(
                text, number.start(), number.end(), note="页面上没有解读材料的名称或链接。"
            )
    elif about.category == "政策解读":
        named = "《" in plain or _NUMBER.search(plain) or any(link.tag == "a" for link in text.links)
        if not named and plain.strip():
            start = len(plain) - len(plain.lstrip())
            end = plain.find("\n", start)
            yield NO_DOCUMENT.at(
                text, start, end if end > 0 else len(plain), note="页面上没有所解读文件的名称、文号或链接。"
            )
