"""An attachment whose name promises one kind of file and whose link is another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from detectors.rule import Example, Finding, Rule
from detectors.rules.link._page import page
from detectors.text import Text

RULE = Rule(
    id="link.attachment-type-mismatch",
    title="附件名称与文件类型不符",
    why="名称写的是一种文件，链接的却是另一种，读者打不开或下载到别的东西；程序伪装成文档更是传播病毒的常用手法。",
    basis=(
        "《福州市政府网站管理暂行办法》第三十六条(四)：是否存在错链和死链",
        "《福州市政府网站管理暂行办法》第三十二条：不得故意制作、传播计算机病毒等破坏性程序",
    ),
    examples=(
        Example('<a href="⟦/files/P0202411.zip⟧">附件1：申报表.docx</a>', "html"),
        Example('<a href="⟦http://www.qingshan.gov.cn/files/1.exe⟧">评分标准.pdf</a>', "html"),
        Example('<a href="⟦/files/%E6%A0%87%E5%87%86.pdf.exe⟧">评分标准</a>', "html"),
        Example('<a href="/files/P0202411.doc">附件1：申报表.docx</a>', "html"),
        Example('<a href="/files/P0202411.PDF">附件2：评分标准.pdf</a>', "html"),
        Example('<a href="/files/download?id=31">附件2：评分标准.pdf</a>', "html"),
        Example('<a href="/zwgk/t20241101_9.html">附件2：评分标准.pdf</a>', "html"),
        Example('<a href="/soft/zhushou_v2.1.exe">报税助手安装程序</a>', "html"),
    ),
)  # fmt: skip
_KINDS = {
    "Word 文档": ("doc", "docx", "wps", "rtf", "dot"),
    "表格": ("xls", "xlsx", "et", "csv"),
    "演示文稿": ("ppt", "pptx", "dps"),
    "PDF": ("pdf", "ofd", "ceb"),
    "压缩包": ("zip", "rar", "7z", "gz"),
    "图片": ("jpg", "jpeg", "png", "gif", "bmp"),
    "音视频": ("mp4", "mp3", "avi", "wmv", "flv"),
    "程序": ("exe", "scr", "bat", "cmd", "com", "vbs", "msi", "lnk", "pif", "hta", "jar", "apk", "ps1"),
}
_KIND = {ending: kind for kind, endings in _KINDS.items() for ending in endings}
_DOCUMENTS = {"Word 文档", "表格", "演示文稿", "PDF"}
_ENDING = re.compile(r"\.([a-zA-Z0-9]{2,4})[)）\s]{0,3}\Z")
_TWO = re.compile(
    r"\.(?:docx?|xlsx?|pptx?|pdf|wps|jpe?g|png|zip|rar|txt)[ _.]{1,40}(?:exe|scr|bat|cmd|vbs|lnk|pif|hta|js|ps1)\Z",
    re.IGNORECASE,
)


def find(text: Text) -> Iterator[Finding]:
    """Only where both names end in a known kind: a page or a download address may lead to anything."""
    written = text.as_written
    for place in page(text).links:
        link = place.link
        if link is None or link.tag != "a":
            continue
        path = place.address.path
        ending = path.rpartition(".")[2].lower()
        kind = _KIND.get(ending)
        if kind is None:
            continue
        if kind == "程序" and _TWO.search(unquote(path)):
            yield place.say(RULE, text, note="文件名有两个扩展名，实际是程序。")
            continue
        here = _ENDING.search(written[max(link.shown[0], link.shown[1] - 40) : link.shown[1]])
        promised = _KIND.get(here[1].lower()) if here else None
        if here is not None and promised in _DOCUMENTS and promised != kind:
            yield place.say(RULE, text, note=f"名称是{promised}（.{here[1]}），链接的是{kind}（.{ending}）。")
