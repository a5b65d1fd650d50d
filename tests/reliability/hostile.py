"""Pages made to hurt: each as large as a post may be. Shared by the tests and by ``make reliability``."""

from __future__ import annotations

MOST = 1_000_000  # code points, as the settings have it


def _filled(piece: str, most: int = MOST) -> str:
    return (piece * (most // len(piece) + 1))[:most]


_TAGS = 100_000  # "<" that a page may hold


def _dense(piece: str, end: str = "") -> str:
    """As many tags as the service lets in, and letters up to the full size."""
    tags = piece * ((_TAGS - end.count("<")) // max(1, piece.count("<")))
    return (tags + "字" * max(0, MOST - len(tags) - len(end)))[: MOST - len(end)] + end


# Each shape of markup as dense as it is let in: what a parser of its own process is for elsewhere.
SHAPES: dict[str, str] = {
    "nested": _dense("<b>", "</b>" * 10), "nested blocks": _dense("<div>"), "nested and never closed": _dense("<p><i><a>"),
    "closed without being open": _dense("</b>"), "closed the wrong way round": _dense("<b><i></b></i>"),
    "hidden": _dense("<p hidden>密"), "hidden by style": _dense("<p style=display:none>密"), "tables": _dense("<table><tr><td>1"),
    "tables in cells": _dense("<table><td>"), "cells": _dense("<td>1"), "rows": "<table>" + _dense("<tr><td>1")[:-7],
    "wide cells": "<table>" + _dense("<tr><td colspan=1000 rowspan=1000>1")[:-7], "lists": _dense("<ul><li>一"),
    "options": _dense("<option>字"), "selects": _dense("<select><option>字"), "links": _dense('<a href="//a.cn">'),
    "links without end": _dense("<a href=//a.cn "), "pictures": _dense("<img src=a alt=字>"), "comments": _dense("<!---->"),
    "comments without end": _dense("<!--"), "half comments": _dense("<!-"), "declarations": _dense("<!x>"), "instructions": _dense("<?x>"),
    "data": _dense("<![CDATA["), "scripts": _dense("<script></script>"), "scripts without end": _dense("<script>"),
    "styles": _dense("<style></style>"), "styles without end": _dense("<style>"), "titles": _dense("<title>"),
    "text areas": _dense("<textarea>"), "templates": _dense("<template>"), "drawings": _dense("<svg>"), "formulas": _dense("<math>"),
    "frames": _dense("<iframe srcdoc='<b>'>"), "forms": _dense("<form>"), "ruby": _dense("<ruby>字<rt>z"), "bare angles": _dense("<"),
    "angles and spaces": _dense("< "), "quotes left open": _dense('<a b="'), "quotes in names": _dense('<a"'), "empty names": _dense("<>"),
    "names without end": _dense("<a"), "stops": _dense("<a/"), "attributes": "<a" + " b" * 499_000, "attributes of one tag": "<p" + " a=1" * 249_000 + ">字",
    "equals": "<a" + " =" * 499_000 + ">", "stops in a tag": "<a" + "/" * 999_000 + ">", "blanks in a tag": "<a" + " " * 999_000 + ">字",
    "one name": "<" + "a" * 999_000 + ">字", "entities": "&amp;" * 200_000, "entities without end": "&amp" * 250_000, "ampersands": "&" * MOST,
    "numbers without end": "&#" * 500_000, "one long number": "&#" + "1" * 999_000 + ";", "long entities": "&CounterClockwiseContourIntegral;" * 30_000,
    "entities in attributes": '<a b="' + "&amp;" * 199_000 + '">字', "styles in attributes": _dense('<p style="color:#fff;color:#000;background:#fff">字'),
}  # fmt: skip

PAGES: dict[str, tuple[str, str]] = {
    # name: format, body
    "nested elements": ("html", "<b>" * 140_000 + "机密" + "</b>" * 140_000),
    "nested and hidden": ("html", _filled("<div hidden>", 990_000) + "机密"),
    "nested tables": ("html", _filled("<table><tr><td>")),
    "nested lists, markdown": ("markdown", "\n".join(" " * min(at, 900) + "- 字" for at in range(1_500))[:MOST]),
    "nested brackets, markdown": ("markdown", "[" * 500_000 + "](" * 250_000),
    "quotes, markdown": ("markdown", _filled("> ")),
    "stars, markdown": ("markdown", _filled("*_~`")),
    "angles": ("html", "<" * MOST),
    "open quotes": ("html", _filled('<a "')),
    "unclosed values": ("html", _filled('<a b="')),
    "100,000 attributes": ("html", "<a " + "".join(f' a{at}="1"' for at in range(85_000)) + ">字</a>"),
    "one attribute 100,000 times": ("html", "<a" + ' x="1"' * 150_000 + ">字</a>"),
    "one long attribute": ("html", "<a href='" + "x" * 990_000 + "'>字</a>"),
    "100,000 links": ("html", _filled('<a href="http://a.cn">字</a>')),
    "100,000 options": ("html", _filled("<option>字")),
    "100,000 cells": ("html", "<table><tr>" + _filled("<td>字", 990_000)),
    "wide cells": ("html", "<table><tr>" + _filled("<td colspan=1000>", 990_000)),
    "entities": ("html", _filled("&amp;")),
    "numbers as entities": ("html", _filled("&#x4e2d;")),
    "unknown entities": ("html", _filled("&amp")),
    "comments": ("html", _filled("<!--")),
    "comments closed": ("html", _filled("<!--机密-->")),
    "scripts": ("html", _filled("<script>机密</script>")),
    "styles": ("html", _filled("<p style='color:#fff;background:#fff'>密</p>")),
    "combining marks": ("text", "a" + _filled("\u0301\u0316", 999_999)),
    "combining marks on Han": ("text", _filled("密\u0301\u0316\u0327")),
    "NFKC expansion": ("text", "\ufdfa" * MOST),
    "ligatures": ("text", _filled("ﬃ㍿㌔")),
    "invisible": ("text", _filled("密\u200b\u200c\u2060\ufeff")),
    "tags of Unicode": ("text", _filled("密\U000e0041")),
    "directions": ("text", _filled("\u202e密机\u202c")),
    "astral letters": ("text", "𝟏" * MOST),
    "a million hits": ("text", _filled("既使")),
    "a million hits of many rules": ("text", _filled("既使布署机密★2月30日13912345678")),
    "false dates": ("text", _filled("2月30日")),
    "mobile numbers": ("text", _filled("13912345678，")),
    "identity numbers": ("text", _filled("11010519491231002X，")),
    "names": ("text", _filled("张伟、王芳、")),
    "addresses": ("text", _filled("临江县城关镇建设路12号3单元501室，")),
    "mailboxes": ("text", _filled("a@b.cn,")),
    "half mailboxes": ("text", _filled("aaa@")),
    "hosts": ("text", _filled("www.a.cn/")),
    "digits": ("text", "1" * MOST),
    "digits and blanks": ("text", _filled("1 ")),
    "one letter": ("text", "字" * MOST),
    "blanks": ("text", "字" + " " * 999_999),
    "line ends": ("text", "字" + "\n" * 999_999),
    "full stops": ("text", "。" * MOST),
    "commas of a list": ("text", _filled("甲、")),
    "quotation marks": ("text", _filled("“")),
    "book titles": ("text", _filled("《中华人民共和国")),
    "titles of laws": ("text", _filled("《中华人民共和国宪法》第一条")),
    "numbered articles": ("text", _filled("第一条")),
    "percentages": ("text", _filled("同比增长10%，")),
    "amounts": ("text", _filled("壹万元（10000元）")),
    "damage": ("text", _filled("锟斤拷")),
    "question marks": ("text", "?" * MOST),
    "Latin words": ("text", _filled("secret document ")),
    "pinyin": ("text", _filled("準(zhǔn)")),
    "lone surrogates": ("text", "字" * 1000),
    "regulation's blanks": ("text", _filled("XX")),
    "expansion as far as it is let in": ("text", _filled("ﬃ字字")),
    "half a law's name": ("text", _filled("中华人民共和")),
    "words that are cut": ("text", _filled("维族")),
    "beginnings of words": ("text", _filled("国土资源国家食品药品监督管")),
    "brackets never opened": ("text", _filled(")")),
    "brackets never closed": ("text", _filled("《")),
    "totals": ("text", _filled("共1个，其中甲1个、")),
    "growths": ("text", _filled("由1增长到2增长")),
    "customers": ("text", _filled("户号")),
    "illnesses": ("text", _filled("艾滋病患者")),
    "loans": ("text", _filled("急用钱找我贷款13912345678")),
    "passwords": ("text", _filled("密码：a1")),
    "tables of names": ("text", _filled("姓名\t身份证号\t座落\n张伟\t11010519491231002X\t路1号\n")),
    "two scripts": ("text", _filled("“龍馬精神”国们来")),
    "a letter twice": ("text", _filled("进一步进一步")),
    "odd words": ("text", _filled("总休方案邻导报护")),
    "odd words, all different": ("text", "".join(chr(0x4E00 + at * 7919 % 20_900) for at in range(MOST))),
    "addresses of the web": ("text", _filled("http://a.b.cn/?c=1 ")),
    "tabs": ("text", _filled("1\t2\n")),
    **{f"markup, {name}": ("html", body) for name, body in SHAPES.items()},
}  # fmt: skip
