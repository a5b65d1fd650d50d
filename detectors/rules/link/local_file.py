"""A link to a file on the editor's own computer."""

from __future__ import annotations

from collections.abc import Iterator

from detectors.rule import Example, Finding, Rule
from detectors.rules.link._page import page
from detectors.text import Text

RULE = Rule(
    id="link.local-file",
    title="链接指向编辑的电脑",
    why="这是编辑本机或共享盘里的文件，公众打不开；路径里的姓名、文件夹名也会泄露内部情况。请上传附件后重新链接。",
    basis=(
        "《福州市政府网站管理暂行办法》第三十六条(四)：是否存在错链和死链",
        "《宜君县政府网站政府信息发布规定》第十八条：对“无法访问、……功能链接不可用……”等情况进行全面检查，发现问题及时整改",
    ),
    examples=(
        Example('<a href="⟦file:///C:/Users/zhang/Desktop/fj.doc⟧">附件</a>', "html"),
        Example('<img src="⟦C:\\Users\\zhang\\1.jpg⟧">', "html"),
        Example('<a href="⟦\\\\10.1.2.3\\share\\fj.doc⟧">附件</a>', "html"),
        Example('<a href="/files/C/fj.doc">附件</a>', "html"),
        Example('<a href="files/fj.doc">附件</a>', "html"),
        "请将材料保存在C:盘根目录下。",
    ),
)  # fmt: skip


def find(text: Text) -> Iterator[Finding]:
    """file:, drive letters and shares."""
    for place in page(text).odd:
        if place.address.kind == "file":
            yield place.say(RULE, text)
